# fulcrum_module(NAME [LINKS target…] [TEST_LINKS target…])
# One static library per folder from its *.cpp, and one test program from its *_test.cpp.
# The link line is what the folder may use; an include that is not covered by it fails to link.
add_custom_target(product)  # everything that is shipped, no tests
add_custom_target(tests)    # every test program

add_library(fulcrum_warnings INTERFACE)
target_compile_options(fulcrum_warnings INTERFACE -Wall -Wextra -Werror -Wmissing-declarations
                                                  -Wno-error=deprecated-declarations)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(fulcrum_warnings INTERFACE -Wno-restrict)  # false alarms of g++ 12 (PR 105651)
else()
  target_compile_options(fulcrum_warnings INTERFACE -Wno-error)  # clang only fuzzes
endif()
if(FULCRUM_SANITIZE)
  add_compile_options(-fsanitize=${FULCRUM_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FULCRUM_SANITIZE})
  if(FULCRUM_SANITIZE STREQUAL "thread")  # which does not know fences
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

function(fulcrum_module name)
  cmake_parse_arguments(ARG "" "" "LINKS;TEST_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(test_sources ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER test_sources INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(fulcrum_${name} STATIC ${sources})
    target_include_directories(fulcrum_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(fulcrum_${name} PUBLIC ${ARG_LINKS} PRIVATE fulcrum_warnings)
  else()
    add_library(fulcrum_${name} INTERFACE)
    target_include_directories(fulcrum_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(fulcrum_${name} INTERFACE ${ARG_LINKS})
  endif()
  if(test_sources)
    fulcrum_test(${name}_test SOURCES ${test_sources} LINKS fulcrum_${name} ${ARG_TEST_LINKS})
  endif()
endfunction()

# fulcrum_test(NAME SOURCES file… LINKS target…): a GoogleTest program that ctest runs.
function(fulcrum_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE FULCRUM_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             FULCRUM_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} fulcrum_warnings GTest::gtest GTest::gmock
                                        GTest::gtest_main ${RAPIDCHECK_LIBRARY} Threads::Threads)
  add_dependencies(tests ${name})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

# fulcrum_fuzz(NAME LINKS target…): the fuzz target in NAME_fuzz.cpp (tests/fuzz/fuzz.h). With
# FULCRUM_FUZZ (preset `fuzz`) a libFuzzer program fuzz_NAME; always a part of fuzz_replay_test.
add_custom_target(fuzzers)
function(fulcrum_fuzz name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  target_sources(fuzz_replay_test PRIVATE ${name}_fuzz.cpp)
  target_link_libraries(fuzz_replay_test PRIVATE ${ARG_LINKS})
  if(FULCRUM_FUZZ)
    add_executable(fuzz_${name} EXCLUDE_FROM_ALL ${name}_fuzz.cpp)
    target_include_directories(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
    target_compile_definitions(fuzz_${name} PRIVATE FULCRUM_LIBFUZZER)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(fuzz_${name} PRIVATE ${ARG_LINKS} fulcrum_warnings)
    add_dependencies(fuzzers fuzz_${name})
  endif()
endfunction()

# fulcrum_app(NAME SOURCES file… LINKS target…): a shipped program.
function(fulcrum_app name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} fulcrum_warnings)
  add_dependencies(product ${name})
endfunction()

# fulcrum_embed(TARGET HEADER h FUNCTION f TYPE t NAMESPACE n FOLDER dir PATTERNS glob…): compiles
# a folder's files into TARGET as `const std::vector<t>& n::f()`, t = {name, content}.
function(fulcrum_embed target)
  cmake_parse_arguments(ARG "" "HEADER;FUNCTION;TYPE;NAMESPACE;FOLDER" "PATTERNS" ${ARGN})
  list(TRANSFORM ARG_PATTERNS PREPEND ${ARG_FOLDER}/)
  file(GLOB files CONFIGURE_DEPENDS ${ARG_PATTERNS})
  list(JOIN files " " joined)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${ARG_FUNCTION}.cpp)
  add_custom_command(
    OUTPUT ${out} DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DHEADER=${ARG_HEADER} -DFUNCTION=${ARG_FUNCTION}
            -DTYPE=${ARG_TYPE} -DNAMESPACE=${ARG_NAMESPACE} "-DFILES=${joined}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# fulcrum_python_test(NAME FOLDER folder MODULES module… [TIMEOUT seconds] [ENVIRONMENT NAME=value…])
# A unittest module that ctest runs; it finds the built programs through FULCRUM_BIN_DIR.
find_program(FULCRUM_PYTHON NAMES python3 HINTS ${CMAKE_SOURCE_DIR}/.venv/bin NO_DEFAULT_PATH)
if(NOT FULCRUM_PYTHON)
  find_program(FULCRUM_PYTHON NAMES python3)
endif()
function(fulcrum_python_test name)
  cmake_parse_arguments(ARG "" "FOLDER;TIMEOUT" "MODULES;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${FULCRUM_PYTHON} -m unittest ${ARG_MODULES}
           WORKING_DIRECTORY ${ARG_FOLDER})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT
    "FULCRUM_BIN_DIR=${CMAKE_BINARY_DIR}/bin;PYTHONPATH=${CMAKE_SOURCE_DIR}/python;${ARG_ENVIRONMENT}")
endfunction()
