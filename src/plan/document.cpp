#include "plan/document.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <optional>

#include "base/files.h"
#include "base/spelling.h"

namespace fulcrum::plan {

namespace {

namespace json = base::json;

struct RepeatedKey {
  std::string path;
  Mark mark;
};

/// Aliases of aliases grow without end, and one may hold itself: no plan is that large or deep.
struct TooLarge {
  std::string what;
  Mark mark;
};
/// Depth: what a JSON parser takes, less the levels of the events and specs around a section.
constexpr int kMaxDepth = 24, kMaxValues = 200'000;

class Reader {
 public:
  explicit Reader(Document& document) : document_(document) {}

  json::value read(const YAML::Node& node, const std::string& path) {
    const YAML::Mark mark = node.Mark();
    if (!mark.is_null()) document_.marks[path] = {mark.line + 1, mark.column + 1};
    if (++values_ > kMaxValues) throw TooLarge{"too many values", {mark.line + 1, mark.column + 1}};
    if (depth_ >= kMaxDepth) throw TooLarge{"too deep", {mark.line + 1, mark.column + 1}};
    ++depth_;
    json::value value;
    if (node.IsScalar()) {
      values_ += static_cast<int>(node.Scalar().size() / 64);
      value = scalar(node);
    } else if (node.IsSequence()) {
      value = sequence(node, path);
    } else if (node.IsMap()) {
      value = map(node, path);
    }
    --depth_;
    return value;
  }

 private:
  static json::value scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return json::string(text);  // quoted
    if (text.empty() || text == "~" || text == "null") return nullptr;
    if (text == "true") return true;
    if (text == "false") return false;
    std::int64_t integer = 0;
    const char* end = text.data() + text.size();
    if (auto [rest, error] = std::from_chars(text.data(), end, integer);
        error == std::errc() && rest == end)
      return integer;
    const bool looks_numeric = text.find_first_not_of("+-0123456789.eE") == std::string::npos &&
                               text.find_first_of("0123456789") != std::string::npos;
    double real = 0;
    const char* begin = text.data() + (text[0] == '+' ? 1 : 0);
    if (looks_numeric) {
      if (auto [rest, error] = std::from_chars(begin, end, real);
          error == std::errc() && rest == end)
        return real;
    }
    return json::string(text);
  }

  json::value sequence(const YAML::Node& node, const std::string& path) {
    json::array array;
    for (std::size_t i = 0; i < node.size(); ++i)
      array.push_back(read(node[i], fmt::format("{}[{}]", path, i)));
    return array;
  }

  json::value map(const YAML::Node& node, const std::string& path) {
    json::object object;
    for (const auto& entry : node) {
      const std::string key = entry.first.Scalar();
      const std::string inner = path.empty() ? key : path + "." + key;
      const YAML::Mark mark = entry.first.Mark();
      if (object.contains(key)) throw RepeatedKey{inner, {mark.line + 1, mark.column + 1}};
      object[key] = read(entry.second, inner);
      document_.marks[inner] = {mark.line + 1, mark.column + 1};
    }
    return object;
  }

  Document& document_;
  int depth_ = 0, values_ = 0;
};

std::optional<Mark> mark_of(const Document& document, std::string path) {
  for (;;) {
    const auto found = document.marks.find(path);
    if (found != document.marks.end()) return found->second;
    const auto cut = path.find_last_of(".[");
    if (cut == std::string::npos) return std::nullopt;
    path.resize(cut);
  }
}

}  // namespace

base::Result<Document> load_document(const std::string& path) {
  auto content = base::read_file(path);
  if (!content)
    return base::usage("plan.read", content.error().message, path,
                       "`fulcrum init --from my.csv` writes a plan to start from");
  return parse_document(*content, path);
}

base::Result<Document> parse_document(std::string_view yaml, const std::string& path) {
  Document document{.path = path, .root = {}, .marks = {}};
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (!root.IsMap())
      return base::usage("plan.syntax", "a plan is a map of sections", path + ":1:1",
                         "start from `fulcrum init --from my.csv`");
    document.root = Reader(document).read(root, "");
  } catch (const YAML::Exception& error) {
    return base::usage("plan.syntax", error.msg,
                       fmt::format("{}:{}:{}", path, error.mark.line + 1, error.mark.column + 1));
  } catch (const RepeatedKey& repeated) {
    return base::usage("plan.repeated_key", fmt::format("{} is given twice", repeated.path),
                       fmt::format("{}:{}:{}", path, repeated.mark.line, repeated.mark.column));
  } catch (const TooLarge& error) {
    return base::usage("plan.too_large",
                       fmt::format("a plan has at most {} values, {} levels deep: this is {}",
                                   kMaxValues, kMaxDepth, error.what),
                       fmt::format("{}:{}:{}", path, error.mark.line, error.mark.column),
                       "does an alias repeat itself?");
  }
  return document;
}

base::Error locate(const Document& document, base::Error error) {
  if (error.field.empty() || error.field.starts_with(document.path + ":")) return error;
  if (const auto mark = mark_of(document, error.field))
    error.field = fmt::format("{}:{}:{}: {}", document.path, mark->line, mark->column, error.field);
  return error;
}

namespace {

/// A bare name that is neither a section nor one of the plan's settings is a slip: nothing in the
/// plan would read it. `seed` has a default.
base::Status check_setting(const json::object& root, const std::string& key) {
  const auto* settings = root.if_contains("settings");
  std::vector<std::string_view> known;
  if (settings && settings->is_object())
    for (const auto& entry : settings->get_object()) known.push_back(entry.key());
  for (const auto name : known)
    if (name == key) return {};
  if (key == "seed") return {};
  const std::string near = base::nearest(key, known);
  return base::usage("plan.set", fmt::format("--set {}: the plan has no such setting", key),
                     "--set",
                     near.empty() ? fmt::format("its settings: {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean {}?", near));
}

}  // namespace

base::Status override_value(Document& document, std::string_view assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return base::usage("plan.set", fmt::format("--set {}: expected key=value", assignment), "--set",
                       "for example --set seed=8 or --set training.recipe.epochs=5");
  std::string key(assignment.substr(0, equals));
  const std::string text(assignment.substr(equals + 1));
  TRY(Document value, parse_document("value: " + text, "--set " + key));
  json::object* here = &document.root.get_object();
  // A bare name is one of the plan's own settings, unless it names a section.
  if (key.find('.') == std::string::npos && !here->contains(key)) {
    CHECK_OK(check_setting(*here, key));
    key = "settings." + key;
  }
  std::string_view rest = key;
  for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    json::value& inner = (*here)[rest.substr(0, dot)];
    if (inner.is_null()) inner = json::object{};
    if (!inner.is_object())
      return base::usage("plan.set",
                         fmt::format("--set {}: {} is not a section", key, rest.substr(0, dot)),
                         "--set");
    here = &inner.get_object();
    rest.remove_prefix(dot + 1);
  }
  (*here)[rest] = value.root.get_object()["value"];
  return {};
}

}  // namespace fulcrum::plan
