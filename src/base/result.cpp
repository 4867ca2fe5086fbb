#include "base/result.h"

#include "base/text.h"

namespace fulcrum::base {

int exit_code(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kRefused:
      return 3;
    default:
      return 1;
  }
}

int http_status(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kUsage:
      return 400;
    case ErrorKind::kRefused:
      return 403;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kConflict:
      return 409;
    default:
      return 500;
  }
}

// In Chinese the code's own sentence stands before the message.
std::string describe(const Error& error) {
  std::string text;
  if (!error.field.empty()) text += error.field + ": ";
  const std::string said = translated("error." + error.code, "");
  if (!said.empty()) text += said + (error.message.empty() ? "" : "：");
  text += error.message + " [" + error.code + "]";
  if (!error.fix.empty()) text += "\n  " + error.fix;
  return text;
}

}  // namespace fulcrum::base
