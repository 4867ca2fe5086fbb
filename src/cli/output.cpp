#include "cli/output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/table.h"
#include "base/text.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

// A number of microseconds above this (2001) in a member named *_us is a moment, not a duration.
constexpr std::int64_t kMomentUs = 1'000'000'000'000'000;

std::string cell(std::string_view name, const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64()) {
    if (name.ends_with("_us") && value.get_int64() > kMomentUs)
      return base::iso_time(value.get_int64()).substr(0, 19) + "Z";
    return std::to_string(value.get_int64());
  }
  if (value.is_double()) return fmt::format("{:.5g}", value.get_double());
  return base::to_text(value);
}

bool is_list_of_objects(const json::value& value) {
  const auto* array = value.if_array();
  return array && !array->empty() &&
         std::all_of(array->begin(), array->end(), [](const auto& e) { return e.is_object(); });
}

// What a cell of a list shows at most; --json has the whole value.
constexpr std::size_t kTextCells = 100;
constexpr std::size_t kJsonCells = 40;

std::string shortened(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // whole letters
  return text.substr(0, end) + "…";
}

std::string list_cell(std::string_view name, const json::value& value) {
  return shortened(cell(name, value), value.is_structured() ? kJsonCells : kTextCells);
}

/// A column that says nothing in any row only makes the others hard to find.
bool is_blank(const json::array& list, const std::string& name) {
  return std::all_of(list.begin(), list.end(), [&](const json::value& row) {
    const auto* value = row.get_object().if_contains(name);
    return value == nullptr || value->is_null() ||
           (value->is_string() && value->get_string().empty());
  });
}

std::string render_list(const json::array& list) {
  base::TableText table;
  for (const auto& row : list)
    for (const auto& member : row.get_object()) {
      std::string name(member.key());
      if (std::find(table.header.begin(), table.header.end(), name) == table.header.end())
        table.header.push_back(std::move(name));
    }
  std::erase_if(table.header, [&](const std::string& name) { return is_blank(list, name); });
  table.right_aligned.assign(table.header.size(), false);
  for (const auto& row : list) {
    auto& cells = table.rows.emplace_back();
    for (std::size_t i = 0; i < table.header.size(); ++i) {
      const auto* value = row.get_object().if_contains(table.header[i]);
      cells.push_back(value ? list_cell(table.header[i], *value) : "");
      if (value && value->is_number()) table.right_aligned[i] = true;
    }
  }
  return base::render(table);
}

/// Scalars become lines `a.b  value`; lists of objects become tables below them.
void collect(const std::string& prefix, const json::object& object, base::TableText& lines,
             std::string& tables) {
  for (const auto& member : object) {
    const std::string name = prefix + std::string(member.key());
    if (is_list_of_objects(member.value())) {
      tables += fmt::format("{}{}:\n{}", tables.empty() ? "" : "\n", name,
                            render_list(member.value().get_array()));
    } else if (member.value().is_object() && !member.value().get_object().empty()) {
      collect(name + ".", member.value().get_object(), lines, tables);
    } else if (const auto* array = member.value().if_array()) {
      std::string joined;
      for (const auto& element : *array)
        joined += (joined.empty() ? "" : ", ") + cell(name, element);
      lines.rows.push_back({name, array->empty() ? base::text("cli.none") : joined});
    } else {
      lines.rows.push_back({name, cell(name, member.value())});
    }
  }
}

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

std::string render_for_people(const json::value& value) {
  if (is_list_of_objects(value)) return render_list(value.get_array());
  const auto* object = value.if_object();
  if (!object) return cell("", value) + "\n";
  if (object->size() == 1) {
    const auto& only = object->begin()->value();
    if (is_list_of_objects(only)) return render_list(only.get_array());
    if (only.is_array() && only.get_array().empty()) return base::text("cli.none") + "\n";
  }
  base::TableText lines;
  std::string tables;
  collect("", *object, lines, tables);
  std::string out = base::render(lines);
  if (!out.empty() && !tables.empty()) out += "\n";
  return out + tables;
}

std::string render_names(const json::value& value) {
  std::string out;
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) {
      const auto* row = element.if_object();
      if (row && row->empty()) continue;
      out += (row ? cell(row->begin()->key(), row->begin()->value()) : cell("", element)) + "\n";
    }
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object)
      out += member.value().is_array() ? render_names(member.value())
                                       : cell(member.key(), member.value()) + "\n";
  } else {
    out = cell("", value) + "\n";
  }
  return out;
}

void Output::value(const json::value& value) const {
  switch (mode) {
    case OutputMode::kJson:
      return put(base::to_text(value) + "\n");
    case OutputMode::kQuiet:
      return put(render_names(value));
    case OutputMode::kTable:
      return put(render_for_people(value));
  }
}

void Output::accepted(const json::value& reply) const {
  std::string streams;
  if (const auto* list = base::find_path(reply, "streams"); list && list->is_array())
    for (const auto& stream : list->get_array()) {
      const std::string name(stream.is_string() ? std::string_view(stream.get_string()) : "");
      if (streams.find(name + "\n") == std::string::npos) streams += name + "\n";
    }
  switch (mode) {
    case OutputMode::kJson:
      return put(base::to_text(reply) + "\n");
    case OutputMode::kQuiet:
      return put(streams);
    case OutputMode::kTable:
      break;
  }
  while (!streams.empty() && streams.back() == '\n') streams.pop_back();
  std::replace(streams.begin(), streams.end(), '\n', ' ');
  const auto seq = base::get_integer(reply, "seq");
  const auto* key = seq == 0                            ? "cli.nothing_changed"
                    : base::get_bool(reply, "repeated") ? "cli.accepted_before"
                                                        : "cli.accepted";
  put(base::text(key, seq, streams) + "\n");
}

void Output::say(std::string_view line) const {
  if (mode == OutputMode::kTable) put(std::string(line) + "\n");
}

int Output::error(const base::Error& error) const {
  std::string text;
  if (mode == OutputMode::kJson) {
    text = base::to_text(json::object{{"error",
                                       {{"code", error.code},
                                        {"message", error.message},
                                        {"field", error.field},
                                        {"fix", error.fix}}}});
  } else {
    text = base::text("cli.error", base::describe(error));
  }
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n", text.c_str());
  return base::exit_code(error);
}

}  // namespace fulcrum::cli
