#pragma once
// Expected failures are values. A function that can fail returns Result<T> (or Status);
// the caller must look at it. Assertions are for the programmer's own mistakes.
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace fulcrum::base {

/// What a caller should do about a failure; decides the process's exit code and the HTTP status.
enum class ErrorKind {
  kFailed,    // the work could not be done (I/O, a peer, a broken file)      exit 1, HTTP 500
  kUsage,     // the request itself is wrong (syntax, type, unknown name)     exit 2, HTTP 400
  kRefused,   // a check, a quota or a permission said no                     exit 3, HTTP 403
  kNotFound,  // the named thing does not exist                               exit 1, HTTP 404
  kConflict,  // somebody else changed it first, or it exists already         exit 1, HTTP 409
};

/// A failure a user can act on. `code` is stable (`job.unknown`); `field` is the path of the
/// offending value (`job.resources.gpu_milli`) or file:line:column, empty when there is none;
/// `fix` says what to do, empty when the message already does.
struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string code;
  std::string message;
  std::string field = {};
  std::string fix = {};
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using value_type = T;
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;
using Failure = tl::unexpected<Error>;

inline Failure failed(std::string code, std::string message, std::string fix = {}) {
  return Failure(
      Error{ErrorKind::kFailed, std::move(code), std::move(message), {}, std::move(fix)});
}
inline Failure usage(std::string code, std::string message, std::string field = {},
                     std::string fix = {}) {
  return Failure(Error{ErrorKind::kUsage, std::move(code), std::move(message), std::move(field),
                       std::move(fix)});
}
inline Failure refused(std::string code, std::string message, std::string fix = {}) {
  return Failure(
      Error{ErrorKind::kRefused, std::move(code), std::move(message), {}, std::move(fix)});
}
inline Failure not_found(std::string code, std::string message, std::string fix = {}) {
  return Failure(
      Error{ErrorKind::kNotFound, std::move(code), std::move(message), {}, std::move(fix)});
}
inline Failure conflict(std::string code, std::string message, std::string fix = {}) {
  return Failure(
      Error{ErrorKind::kConflict, std::move(code), std::move(message), {}, std::move(fix)});
}

/// 0 done, 1 failed, 2 usage, 3 refused: the contract with scripts.
int exit_code(const Error& error);
int http_status(const Error& error);
/// `field: message [code]` and, on a second line, the fix.
std::string describe(const Error& error);

}  // namespace fulcrum::base

#define FULCRUM_CONCAT_(a, b) a##b
#define FULCRUM_CONCAT(a, b) FULCRUM_CONCAT_(a, b)
/// TRY(auto x, expression): x becomes the value, or the function returns the failure.
#define TRY(declaration, ...) TRY_(FULCRUM_CONCAT(try_result_, __LINE__), declaration, __VA_ARGS__)
#define TRY_(result, declaration, ...)                                     \
  auto result = (__VA_ARGS__);                                             \
  if (!result) return ::fulcrum::base::Failure(std::move(result).error()); \
  declaration = std::move(*result)
/// CHECK_OK(expression): returns the failure of a Status.
#define CHECK_OK(...)                                                          \
  do {                                                                         \
    auto status_ = (__VA_ARGS__);                                              \
    if (!status_) return ::fulcrum::base::Failure(std::move(status_).error()); \
  } while (false)
