#pragma once
// The failures that every backend of blobs.h reports alike.
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::objects {

inline base::Failure bad_blob_name(std::string_view name) {
  return base::usage("blob.name", "\"" + std::string(name) + "\" is no name of a blob", "name",
                     "parts of letters, digits, '.', '_', '=' and '-' joined by '/'");
}
inline base::Failure blob_exists(const std::string& name) {
  return base::conflict("blob.exists", "there is a blob " + name + " already");
}
inline base::Failure blob_missing(const std::string& name) {
  return base::not_found("blob.missing", "there is no blob " + name);
}
inline base::Failure blob_range(const std::string& name) {
  return base::failed("blob.range", "the blob " + name + " ends before the bytes asked for",
                      "it was cut short: restore it from a copy");
}

}  // namespace fulcrum::objects
