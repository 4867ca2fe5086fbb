#pragma once
// A fuzz target: FUZZ(name) { … } over `input`, in name_fuzz.cpp, and `fulcrum_fuzz(name …)` in
// CMakeLists.txt. Under libFuzzer it is a program of its own; everywhere it is a test of
// fuzz_replay_test, which runs corpus/name/* and seeded mutations of it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace fulcrum::fuzz {

using Target = void (*)(std::string_view input);

/// Lists a target for fuzz_replay_test.
bool add_target(const char* name, Target target);

/// A property that every input must have; a broken one ends the process as a crash does.
inline void must(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "broken property: %.*s\n", static_cast<int>(property.size()),
               property.data());
  std::abort();
}

/// Takes what stands before the first line break off the front, for targets with two inputs.
inline std::string_view take_line(std::string_view& input) {
  const auto end = input.find('\n');
  const auto line = input.substr(0, end);
  input = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
  return line;
}

/// Boost.JSON 1.81 reads a number of more than 15 digits, or with an exponent (which every double
/// is printed with), to the last bit but one: such texts are compared without it.
inline bool has_inexact_number(std::string_view text) {
  int digits = 0;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (digits > 0 && (c == 'e' || c == 'E' || c == '.')) return true;
    digits = is_digit ? digits + 1 : 0;
    if (digits > 15) return true;
  }
  return false;
}

}  // namespace fulcrum::fuzz

#ifdef FULCRUM_LIBFUZZER
#define FUZZ(name)                                                                 \
  static void fuzz_##name(std::string_view input);                                 \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t);    \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) { \
    fuzz_##name({reinterpret_cast<const char*>(data), n});                         \
    return 0;                                                                      \
  }                                                                                \
  static void fuzz_##name(std::string_view input)
#else
#define FUZZ(name)                                     \
  static void fuzz_##name(std::string_view input);     \
  [[maybe_unused]] static const bool listed_##name =   \
      ::fulcrum::fuzz::add_target(#name, fuzz_##name); \
  static void fuzz_##name(std::string_view input)
#endif
