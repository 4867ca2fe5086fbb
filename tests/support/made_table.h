#pragma once
// Random tables with planted errors, for tests and benches: customers' orders with dependencies
// (place -> region, zip; product -> group, price class), amounts with a unit, dates, codes, free
// text. Deterministic in the seed; everything but the number of rows is drawn, too.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "data/tables/table.h"

namespace fulcrum::data::tables {

struct Planted {
  std::uint32_t row = 0, column = 0;
  std::string kind;  // typo, swap, missing, placeholder, outlier, format
  std::string right;
};

struct MadeTable {
  Table clean, dirty;
  std::vector<Planted> errors;
};

namespace made {

using base::Random;

inline std::string word(Random& random, std::size_t syllables) {
  static constexpr std::array<std::string_view, 24> kStarts = {
      "b", "br", "c", "ch", "d", "dr", "f",  "g", "gr", "h", "k", "l",
      "m", "n",  "p", "pl", "r", "s",  "st", "t", "tr", "v", "w", "sh"};
  static constexpr std::array<std::string_view, 10> kMiddles = {"a",  "e",  "i",  "o",  "u",
                                                                "ai", "ea", "oo", "ou", "y"};
  static constexpr std::array<std::string_view, 10> kEnds = {"",  "n", "r",  "l",  "s",
                                                             "t", "m", "nd", "rt", "ck"};
  std::string text;
  for (std::size_t i = 0; i < syllables; ++i) {
    text += kStarts[random.below(kStarts.size())];
    text += kMiddles[random.below(kMiddles.size())];
    if (i + 1 == syllables) text += kEnds[random.below(kEnds.size())];
  }
  return text;
}

inline std::string name(Random& random, std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    std::string one = word(random, 2 + random.below(2));
    one[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(one[0])));
    text += (i > 0 ? " " : "") + one;
  }
  return text;
}

/// Ranks with the weights of a Zipf law.
inline std::size_t skewed(Random& random, std::size_t count) {
  const double u = random.uniform();
  return std::min(count - 1, static_cast<std::size_t>(std::pow(static_cast<double>(count), u)) - 1 +
                                 (random.below(3) == 0 ? random.below(count) : 0));
}

struct Place {
  std::string name, region, zip;
};
struct Product {
  std::string name, group, code;
  double price = 0;
};

class Maker {
 public:
  Maker(std::uint64_t seed, std::size_t rows) : random_(seed) {
    const std::size_t places = 15 + random_.below(40), products = 20 + random_.below(60);
    std::vector<std::string> regions, groups;
    for (std::size_t i = 0; i < 4 + random_.below(8); ++i) regions.push_back(name(random_, 1));
    for (std::size_t i = 0; i < 3 + random_.below(6); ++i) groups.push_back(name(random_, 2));
    for (std::size_t i = 0; i < places; ++i)
      places_.push_back({name(random_, 1 + random_.below(2)),
                         regions[random_.below(regions.size())],
                         fmt::format("{:05}", 10000 + random_.below(90000))});
    for (std::size_t i = 0; i < products; ++i)
      products_.push_back({name(random_, 2), groups[random_.below(groups.size())],
                           fmt::format("{}-{:03}", static_cast<char>('A' + random_.below(6)), i),
                           std::exp(1 + 1.2 * random_.normal())});
    rows_ = rows;
    unit_ = std::array<std::string_view, 4>{"kg", "oz", "ml", "pcs"}[random_.below(4)];
    may_be_empty_ = random_.below(2) == 0;
  }

  Table make() {
    Table table;
    table.name = "made.csv";
    for (const auto* column : {"order", "customer", "place", "region", "zip", "product", "code",
                               "group", "amount", "price", "day", "paid", "remark"})
      table.columns.emplace_back(column);
    for (std::size_t row = 0; row < rows_; ++row) add_row(table, row);
    return table;
  }

  Random& random() { return random_; }

 private:
  void add_row(Table& table, std::size_t row) {
    const Place& place = places_[skewed(random_, places_.size())];
    const Product& product = products_[skewed(random_, products_.size())];
    const double amount = 1 + std::floor(std::exp(2 + 0.7 * random_.normal()));
    const std::array<std::string, 13> cells = {
        fmt::format("{}", 100000 + row),
        name(random_, 2),
        place.name,
        place.region,
        place.zip,
        product.name,
        product.code,
        product.group,
        fmt::format("{:.0f} {}", amount, unit_),
        fmt::format("{:.2f}", product.price * std::exp(0.1 * random_.normal())),
        fmt::format("{}-{:02}-{:02}", 2020 + random_.below(5), 1 + random_.below(12),
                    1 + random_.below(28)),
        random_.below(4) == 0 ? "no" : "yes",
        may_be_empty_ && random_.below(2) == 0
            ? std::string()
            : word(random_, 2) + " " + word(random_, 1) + " " + word(random_, 2)};
    for (std::size_t i = 0; i < cells.size(); ++i) table.columns[i].add(cells[i]);
  }

  Random random_;
  std::vector<Place> places_;
  std::vector<Product> products_;
  std::size_t rows_ = 0;
  std::string_view unit_;
  bool may_be_empty_ = false;
};

inline std::string with_typo(Random& random, std::string text) {
  const std::size_t at = random.below(text.size());
  const char other = static_cast<char>('a' + random.below(26));
  switch (random.below(4)) {
    case 0:
      text[at] = other;
      break;
    case 1:
      text.insert(at, 1, other);
      break;
    case 2:
      text.erase(at, 1);
      break;
    default:
      if (at + 1 < text.size()) std::swap(text[at], text[at + 1]);
  }
  return text;
}

/// One error in the cell, of a kind that fits the column; "" for the kind where none does.
inline std::string plant(Random& random, const Column& column, std::size_t row, std::string& kind) {
  const std::string value(column.at(row));
  const bool is_text = column.name == "place" || column.name == "region" ||
                       column.name == "product" || column.name == "group";
  const bool is_number = column.name == "amount" || column.name == "price";
  switch (random.below(5)) {
    case 0:
      kind = "missing";
      return "";
    case 1: {
      kind = "placeholder";
      return std::array<std::string, 4>{"N/A", "unknown", "-", "null"}[random.below(4)];
    }
    case 2:
      if (is_text || column.name == "zip" || column.name == "code") {
        kind = "swap";
        return std::string(column.at(random.below(column.rows())));
      }
      [[fallthrough]];
    case 3:
      if (is_number) {
        kind = "outlier";
        const double factor = random.below(2) == 0 ? 1000 : 5000;
        const auto space = value.find(' ');
        return fmt::format("{:.{}f}{}", std::stod(value) * factor, column.name == "price" ? 2 : 0,
                           space == std::string::npos ? "" : value.substr(space));
      }
      [[fallthrough]];
    default:
      if (column.name == "amount") {
        kind = "format";
        return value.substr(0, value.find(' '));
      }
      if (column.name == "day") {
        kind = "format";
        return value.substr(8, 2) + "/" + value.substr(5, 2) + "/" + value.substr(0, 4);
      }
      kind = "typo";
      return with_typo(random, value);
  }
}

}  // namespace made

/// `error_rate`: of cells; 0 makes dirty equal to clean.
inline MadeTable make_table(std::uint64_t seed, std::size_t rows, double error_rate) {
  made::Maker maker(seed, rows);
  MadeTable made;
  made.clean = maker.make();
  made.dirty = made.clean;
  base::Random& random = maker.random();
  for (std::uint32_t column = 2; column < 12; ++column)  // names and remarks have no right form
    for (std::uint32_t row = 0; row < rows; ++row) {
      if (random.uniform() >= error_rate) continue;
      std::string kind;
      const std::string wrong = made::plant(random, made.clean.columns[column], row, kind);
      const std::string right(made.clean.columns[column].at(row));
      if (wrong == right) continue;
      made.dirty.columns[column].set(row, wrong);
      made.errors.push_back({row, column, kind, right});
    }
  return made;
}

}  // namespace fulcrum::data::tables
