#pragma once
// Records of text tables as stretches of their own bytes: nothing is converted, so equal cells are
// equal bytes and an untouched row is copied as it stands. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/versions/chunker.h"

namespace fulcrum::data::versions {

/// A record without its line end; advances `bytes`. nullopt at the end. Blank lines are skipped.
std::optional<std::string_view> take_record(std::string_view& bytes, Records records);

/// Fields as they stand, quotes and all. False where the quotes make no sense (RFC 4180).
bool split_csv(std::string_view record, char delimiter, std::vector<std::string_view>& fields);
/// The text of a field.
std::string csv_text(std::string_view field);
/// A field that reads as this text.
std::string csv_field(std::string_view text, char delimiter);

/// Members of the record's one object: name as it stands without its quotes, value as it stands.
/// False for anything but one object that is closed properly (values are not looked into further).
bool split_json(std::string_view record,
                std::vector<std::pair<std::string_view, std::string_view>>& members);

/// What a column holds: each of these can hold all before it.
enum class CellType { kNone, kBool, kInteger, kNumber, kText };
/// The smallest type that holds both; a bool beside a number is text.
CellType wider(CellType a, CellType b);
CellType csv_type(std::string_view field);
/// JSON's own types; objects and arrays are text here.
CellType json_type(std::string_view value);
std::string_view type_name(CellType type);
std::optional<CellType> type_of_name(std::string_view name);

}  // namespace fulcrum::data::versions
