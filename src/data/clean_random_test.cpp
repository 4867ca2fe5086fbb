// The cleaner against click logs that it has never seen. Each seed draws another shop: other forms
// of ids, other rhythms, prices and agents; then dirt of many kinds is planted, some of which no
// rule was written for. What was planted is known, so precision and recall of drops are measured.
// FULCRUM_CLEAN_SEEDS and FULCRUM_CLEAN_FIRST_SEED change which seeds run.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "base/clock.h"
#include "base/random.h"
#include "data/cleaner.h"

namespace fulcrum::data {
namespace {

namespace json = base::json;
namespace fs = std::filesystem;

struct Line {
  json::object row;
  std::string text;         // what is written; empty: the row
  std::string planted;      // kind of dirt; empty: clean
  bool repairable = false;  // mending it is right, dropping it is wrong
  std::int64_t time_us = 0;
};

/// One shop and its log.
class Lab {
 public:
  Lab(std::uint64_t seed, double dirt) : random_(seed), dirt_(dirt) {
    user_form_ = pick<std::string>({"u{}", "user-{:05}", "{:08x}", "C{:07}"});
    item_form_ = pick<std::string>({"i{}", "sku-{:04}", "B{:07}", "p{}x"});
    session_form_ = pick<std::string>({"s{}", "{:016x}", "ses_{:08x}"});
    event_form_ = pick<std::string>({"e{}", "{:024x}", "{:08x}-ev"});
    gap_s_ = 8 + 50 * random_.uniform();
    pace_sigma_ = 0.15 + 0.45 * random_.uniform();
    gap_sigma_ = 0.6 + 0.6 * random_.uniform();
    dwell_sigma_ = 0.5 + 0.7 * random_.uniform();
    resolution_s_ = pick<double>({1, 0.1, 0.001});
    sale_share_ = pick<double>({0, 0.05});
    last_without_dwell_ = random_.below(3) == 0;
    days_ = 3 + static_cast<int>(random_.below(25));
    users_ = 150 + random_.below(300);
    items_ = 80 + random_.below(400);
    for (std::size_t i = 0; i < items_; ++i)
      prices_.push_back(std::round(100 * std::exp(3 + random_.normal())) / 100);
    people();
    const std::size_t clean_rows = lines_.size();
    if (dirt_ > 0)
      plant(static_cast<std::size_t>(static_cast<double>(clean_rows) * dirt_ / (1 - dirt_)));
  }

  void write(const fs::path& folder) {
    fs::remove_all(folder);
    fs::create_directories(folder / "events");
    std::stable_sort(lines_.begin(), lines_.end(),
                     [](const Line& a, const Line& b) { return a.time_us < b.time_us; });
    std::map<std::string, std::string> files;
    for (auto& line : lines_) {
      std::string name = fmt::format("day-{}.jsonl", base::iso_time(line.time_us).substr(0, 10));
      if (random_.below(200) == 0) name = "late.jsonl";
      auto& content = files[name];
      content += (line.text.empty() ? base::to_text(line.row) : line.text) + "\n";
      planted_[{name, ++counts_[name]}] = &line;
    }
    bool compress = false;
    for (const auto& [name, content] : files) {
      compress = !compress && name != "late.jsonl";
      if (compress) {
        gzFile file = gzopen((folder / "events" / (name + ".gz")).c_str(), "wb");
        gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
        gzclose(file);
      } else {
        std::ofstream(folder / "events" / name) << content;
      }
    }
    write_reference(folder / "items", items_, [&](std::size_t i) {
      return json::object{
          {"id", item(i)}, {"title", fmt::format("Thing {}", i)}, {"price", prices_[i]}};
    });
    write_reference(folder / "users", users_, [&](std::size_t i) {
      return json::object{{"user_id", user(i)}, {"age", 20 + i % 50}};
    });
  }

  const Line* at(std::string file, std::int64_t line) const {
    if (file.ends_with(".gz")) file.resize(file.size() - 3);
    return planted_.at({file, line});
  }
  const std::vector<Line>& lines() const { return lines_; }

 private:
  template <class T>
  T pick(std::vector<T> choices) {
    return choices[random_.below(choices.size())];
  }
  std::string user(std::size_t i) const {
    return fmt::format(fmt::runtime(user_form_), i * 7919 + 11);
  }
  std::string item(std::size_t i) const { return fmt::format(fmt::runtime(item_form_), i * 3 + 1); }
  std::string session() { return fmt::format(fmt::runtime(session_form_), mix(next_session_++)); }
  std::string event_id() { return fmt::format(fmt::runtime(event_form_), mix(next_event_++)); }
  static std::uint64_t mix(std::uint64_t x) {
    return (x * 0x9E3779B97F4A7C15ULL) >> 8 | 1ULL << 55;
  }

  static void write_reference(const fs::path& folder, std::size_t size,
                              const std::function<json::object(std::size_t)>& row) {
    fs::create_directories(folder);
    std::ofstream file(folder / "rows.jsonl");
    for (std::size_t i = 0; i < size; ++i) file << base::to_text(row(i)) << "\n";
  }
  double rounded(double seconds) const {
    return std::round(seconds / resolution_s_) * resolution_s_;
  }

  Line click(std::int64_t time_us, const std::string& session, std::size_t user_index,
             std::size_t item_index, double dwell_s, const std::string& agent) {
    time_us = static_cast<std::int64_t>(rounded(static_cast<double>(time_us) / 1e6) * 1000) * 1000;
    double price = prices_[item_index];
    if (random_.uniform() < sale_share_) price = std::round(price * 80) / 100;
    static const std::vector<std::string> kTexts = {"nice one",
                                                    "arrived in 3 days, thanks",
                                                    "size 42 fits",
                                                    "5/5 would buy 2 again",
                                                    "order 20391 was late",
                                                    "version 1.2.3 of the box",
                                                    "很好，喜欢"};
    Line line;
    line.time_us = time_us;
    line.row = {{"event_id", event_id()},
                {"time", base::iso_time(time_us)},
                {"session", session},
                {"user", user(user_index)},
                {"item", item(item_index)},
                {"event", pick<std::string>({"view", "view", "view", "view", "cart", "buy"})},
                {"price", price},
                {"dwell_s", rounded(dwell_s)},
                {"agent", agent},
                {"comment", nullptr}};
    if (random_.below(12) == 0) line.row["comment"] = pick(kTexts);
    return line;
  }

  std::int64_t some_time() {
    return 1'770'000'000'000'000 + static_cast<std::int64_t>(random_.uniform() * days_ * 86'400e6);
  }
  std::string human_agent() {
    return fmt::format("Mozilla/5.0 ({}) {}/{}.0",
                       pick<std::string>({"X11; Linux x86_64", "iPhone; CPU iPhone OS 17_1",
                                          "Windows NT 10.0", "Macintosh; Intel Mac OS X 10_15"}),
                       pick<std::string>({"Firefox", "Chrome", "Safari"}), 100 + random_.below(20));
  }

  void people() {
    const double length = 3 + 15 * random_.uniform();
    for (std::size_t u = 0; u < users_; ++u) {
      const std::string agent = human_agent();
      const double pace = std::exp(pace_sigma_ * random_.normal());
      for (auto visits = 1 + random_.below(6); visits > 0; --visits) {
        const std::string id = session();
        std::int64_t time_us = some_time();
        const auto clicks = 1 + static_cast<int>(-length * std::log(1 - random_.uniform()));
        for (int c = 0; c < clicks; ++c) {
          const double gap_s = gap_s_ * pace * std::exp(gap_sigma_ * random_.normal());
          const auto popular = static_cast<std::size_t>(static_cast<double>(items_) *
                                                        random_.uniform() * random_.uniform());
          const double dwell_s =
              std::min(gap_s * 0.95, gap_s_ * 0.5 * std::exp(dwell_sigma_ * random_.normal()));
          lines_.push_back(click(time_us, id, u, popular, dwell_s, agent));
          if (last_without_dwell_ && c + 1 == clicks) lines_.back().row["dwell_s"] = nullptr;
          time_us += static_cast<std::int64_t>(std::max(gap_s, 0.5) * 1e6);
        }
      }
    }
  }

  void plant_bot() {
    const auto kind = random_.below(4);
    const std::string id = session();
    const std::size_t u = random_.below(users_);
    std::int64_t time_us = some_time();
    const auto clicks = 15 + random_.below(80);
    const double pace_s = 0.3 + 2.5 * random_.uniform();
    const std::string agent =
        kind == 0 ? pick<std::string>({"PriceSpider/2.0 (+http://p.example)",
                                       "python-requests/2.31", "HeadlessChrome/118"})
                  : human_agent();
    std::size_t at = random_.below(items_);
    for (std::uint64_t c = 0; c < clicks; ++c) {
      // 1 regular and fast, 2 walks the catalogue, 3 fast with human-like spread but flat dwell.
      const double spread = kind == 3 ? 0.5 : 0.05;
      const double gap_s = pace_s * std::exp(spread * random_.normal());
      at = kind == 2 ? (at + 1) % items_ : random_.below(items_);
      Line line =
          click(time_us, id, u, at,
                std::max(resolution_s_, 0.6 * pace_s * std::exp(0.04 * random_.normal())), agent);
      line.planted = "bot";
      lines_.push_back(line);
      time_us += static_cast<std::int64_t>(gap_s * 1e6);
    }
  }

  using Planter = void (Lab::*)(Line&);
  void plant(std::size_t rows) {
    const std::size_t clean_rows = lines_.size();
    while (lines_.size() < clean_rows + rows / 4) plant_bot();
    const std::vector<std::pair<const char*, Planter>> kinds = {
        {"copy", &Lab::copy},
        {"respelt copy", &Lab::respelt},
        {"missing", &Lab::missing},
        {"absurd price", &Lab::absurd_price},
        {"absurd dwell", &Lab::absurd_dwell},
        {"time", &Lab::wrong_time},
        {"unparsable", &Lab::unparsable},
        {"unknown id", &Lab::unknown},
        {"swapped", &Lab::swapped},
        {"kind", &Lab::wrong_kind},
        {"cents", &Lab::cents},
        {"garbled id", &Lab::garbled},
        {"hours off", &Lab::hours_off},
        {"echo", &Lab::echo},
        {"personal", &Lab::personal},
        {"case", &Lab::other_case}};
    std::set<std::size_t> used;
    std::map<std::string, int> sizes;
    for (const auto& line : lines_) ++sizes[std::string(line.row.at("session").as_string())];
    for (std::size_t i = 0; i < rows * 3 / 4; ++i) {
      const auto& [name, planter] = kinds[random_.below(kinds.size())];
      const std::size_t victim = random_.below(clean_rows);
      if (!used.insert(victim).second || !lines_[victim].planted.empty()) continue;
      const bool copies =
          planter == &Lab::copy || planter == &Lab::respelt || planter == &Lab::echo;
      // A session of three cannot tell which of its times is the wrong one.
      if (planter == &Lab::hours_off &&
          sizes[std::string(lines_[victim].row.at("session").as_string())] < 4)
        continue;
      Line line = lines_[victim];
      line.planted = name;
      (this->*planter)(line);
      if (copies) {
        line.time_us += 1;
        lines_.push_back(line);
      } else {
        lines_[victim] = line;
      }
    }
  }
  void copy(Line&) {}
  void respelt(Line& line) {
    line.row["event_id"] = event_id();
    line.row["event"] = fmt::format(" {}", std::string_view(line.row["event"].as_string()));
  }
  void missing(Line& line) {
    const auto key = pick<std::string>({"user", "item", "time", "price"});
    if (random_.below(2) == 0) {
      line.row[key] = pick<std::string>({"", "N/A", "null"});
    } else if (random_.below(2) == 0) {
      line.row[key] = nullptr;
    } else {
      line.row.erase(key);
    }
  }
  void absurd_price(Line& line) {
    line.row["price"] = pick<double>({-1, -19.9, 0, 1e7, 99'999'999});
  }
  void absurd_dwell(Line& line) { line.row["dwell_s"] = pick<double>({-5, 1e6, 4e7, -3600}); }
  void wrong_time(Line& line) {
    line.row["time"] =
        pick<std::string>({"1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "yesterday",
                           "2026-13-45T00:00:00Z", "0001-01-01T00:00:00Z"});
  }
  void unparsable(Line& line) {
    const std::string whole = base::to_text(line.row);
    line.text = random_.below(2) == 0 ? whole.substr(0, whole.size() / 2) : "<<< " + whole;
  }
  void unknown(Line& line) {
    if (random_.below(2) == 0) {
      line.row["item"] = item(items_ + 1000 + random_.below(50));
    } else {
      line.row["user"] = user(users_ + 1000 + random_.below(50));
    }
  }
  void swapped(Line& line) { std::swap(line.row["user"], line.row["item"]); }
  void wrong_kind(Line& line) {
    line.row[pick<std::string>({"price", "dwell_s"})] = pick<std::string>({"abc", "12,50 EUR"});
    if (random_.below(3) == 0) line.row["item"] = json::object{{"id", 5}};
  }
  void cents(Line& line) { line.row["price"] = line.row["price"].to_number<double>() * 100; }
  void garbled(Line& line) {
    const auto key = pick<std::string>({"user", "item"});
    line.row[key] = pick<std::string>({"\xC3\x83\xC2\xA9", "test user", "<a href=x>",
                                       "undefined-undefined", "\xE6\xB5\x8B\xE8\xAF\x95"});
  }
  void hours_off(Line& line) {
    line.row["time"] =
        base::iso_time(line.time_us + (random_.below(2) == 0 ? 1 : -1) * 26 * 3'600'000'000);
  }
  void echo(Line& line) {  // the same click sent again a moment later
    line.row["event_id"] = event_id();
    line.row["time"] =
        base::iso_time(line.time_us + 200'000 + static_cast<std::int64_t>(random_.below(800'000)));
  }
  void personal(Line& line) {
    line.repairable = true;
    line.row["comment"] =
        pick<std::string>({"write to anna.b@example.org", "call 13812345678 now",
                           "my card 4111 1111 1111 1111", "id 11010519491231002X ok"});
  }
  void other_case(Line& line) {
    line.repairable = true;
    line.row["event"] = pick<std::string>({"VIEW", "View ", " BUY"});
  }

  base::Random random_;
  double dirt_;
  std::string user_form_, item_form_, session_form_, event_form_;
  double gap_s_, gap_sigma_, pace_sigma_, dwell_sigma_, resolution_s_, sale_share_;
  bool last_without_dwell_;
  int days_;
  std::size_t users_, items_;
  std::uint64_t next_session_ = 1, next_event_ = 1;
  std::vector<double> prices_;
  std::vector<Line> lines_;
  std::map<std::string, std::int64_t> counts_;
  std::map<std::pair<std::string, std::int64_t>, const Line*> planted_;
};

struct Figures {
  double precision = 1, recall = 1, false_drop_rate = 0;
  std::string details;
};

Figures measure(std::uint64_t seed, double dirt, bool with_references) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("fulcrum-clean-{}", ::getpid());
  Lab lab(seed, dirt);
  lab.write(folder);
  std::map<std::string, std::string> inputs{{"events", folder / "events"}};
  if (with_references) {
    inputs["items"] = folder / "items";
    inputs["users"] = folder / "users";
  }
  const auto cleaned = clean(CleanSettings{}, inputs);
  EXPECT_TRUE(cleaned) << base::describe(cleaned.error());
  std::map<std::string, std::pair<int, int>> by_kind;  // found, planted
  std::map<std::string, int> false_by_rule;
  double hits = 0, drops = 0, dirty = 0, good = 0;
  std::set<const Line*> dropped;
  const auto& table = (*cleaned)->table;
  const auto& judgement = (*cleaned)->judgement;
  const auto judge = [&](const Line* line, int rule) {
    ++drops;
    dropped.insert(line);
    if (!line->planted.empty() && !line->repairable) {
      ++hits;
    } else {
      ++false_by_rule[judgement.rules()[static_cast<std::size_t>(rule)] + "<" + line->planted];
    }
  };
  for (const auto& bad : table.bad_lines) judge(lab.at(table.files[bad.file], bad.line), 0);
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (judgement.dropped(row))
      judge(lab.at(table.files[table.file[row]], table.line[row]), judgement.dropped_by(row));
  for (const auto& line : lab.lines()) {
    good += line.planted.empty();
    if (line.planted.empty() || line.repairable) continue;
    ++dirty;
    auto& count = by_kind[line.planted];
    ++count.second;
    count.first += dropped.contains(&line);
  }
  Figures figures;
  if (drops > 0) figures.precision = hits / drops;
  if (dirty > 0) figures.recall = hits / dirty;
  figures.false_drop_rate = (drops - hits) / static_cast<double>(lab.lines().size());
  figures.details =
      fmt::format("seed {} dirt {:.2f} rows {} P {:.4f} R {:.4f} false drops {:.4f}", seed, dirt,
                  lab.lines().size(), figures.precision, figures.recall, figures.false_drop_rate);
  for (const auto& [kind, count] : by_kind)
    if (count.first < count.second)
      figures.details += fmt::format(" | {} {}/{}", kind, count.first, count.second);
  for (const auto& [rule, count] : false_by_rule)
    figures.details += fmt::format(" | !{} {}", rule, count);
  if (std::getenv("FULCRUM_CLEAN_DEBUG")) {
    std::set<std::string> bots;
    for (const auto& line : lab.lines())
      if (line.planted == "bot") bots.insert(std::string(line.row.at("session").as_string()));
    for (const auto& session : (*cleaned)->sessions) {
      if (bots.contains(session.session) == session.bot && (session.bot || session.score < 0.6))
        continue;
      fmt::print("  session {} bot {} score {:.2f} events {}:", session.session, session.bot,
                 session.score, session.events);
      for (const auto& [name, part] : session.evidence) fmt::print(" {} {:.2f}", name, part);
      fmt::print("\n");
    }
  }
  fs::remove_all(folder);
  return figures;
}

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : fallback;
}

class CleanRandom : public testing::TestWithParam<std::tuple<double, bool>> {};

TEST_P(CleanRandom, FindsWhatWasPlantedAndLittleElse) {
  const auto [dirt, with_references] = GetParam();
  const std::uint64_t first = from_environment("FULCRUM_CLEAN_FIRST_SEED", 1);
  const std::uint64_t seeds = from_environment("FULCRUM_CLEAN_SEEDS", 5);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const Figures figures = measure(seed, dirt, with_references);
    if (std::getenv("FULCRUM_CLEAN_SEEDS")) fmt::print("{}\n", figures.details);
    EXPECT_LT(figures.false_drop_rate, dirt == 0 ? 0.002 : 0.02) << figures.details;
    if (dirt == 0) continue;
    EXPECT_GE(figures.precision, 0.95) << figures.details;
    EXPECT_GE(figures.recall, with_references ? 0.95 : 0.90) << figures.details;
  }
}

INSTANTIATE_TEST_SUITE_P(Dirt, CleanRandom,
                         testing::Combine(testing::Values(0.0, 0.02, 0.1, 0.3), testing::Bool()));

}  // namespace
}  // namespace fulcrum::data
