#pragma once
// A YAML file as JSON that remembers where each value stood, so that a mistake found later, by
// whatever part of the program, is shown with file, line and column.
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::plan {

struct Mark {
  int line = 0;    // from 1
  int column = 0;  // from 1
};

struct Document {
  std::string path;                   // as the user gave it
  base::json::value root;             // an object
  std::map<std::string, Mark> marks;  // "sources.clicks.kind", "requirements[0].id" -> position
};

/// Plain scalars become numbers, booleans and null; quoted ones stay text. Anchors and aliases are
/// followed; repeated keys are refused. Fails with `plan.read`, `plan.syntax`, `plan.repeated_key`,
/// `plan.too_large`.
base::Result<Document> load_document(const std::string& path);
base::Result<Document> parse_document(std::string_view yaml, const std::string& path);

/// Rewrites an error whose field is a path inside the document into `file:line:column: field`.
/// Where the path itself has no position its nearest parent's is used.
base::Error locate(const Document& document, base::Error error);

/// `--set a.b=value`: the value is read as YAML. Fails with `plan.set` for a text without '='.
base::Status override_value(Document& document, std::string_view assignment);

}  // namespace fulcrum::plan
