// Read models do the same on every backend.
#include <gtest/gtest.h>

#include <sstream>

#include "contract/ledger/backends.h"
#include "ledger/export.h"

namespace fulcrum::test {
namespace {

using ledger::Compare;
using ledger::Row;
using ledger::Select;
using ledger::Value;
using enum ledger::ColumnType;

class TablesContract : public testing::TestWithParam<Backend> {
 protected:
  StoreFixture fixture_{GetParam()};
  std::unique_ptr<ledger::Store> store_ = fixture_.open();
  Numbering numbering_;
  int commands_ = 0;

  /// Runs `write` as the projection of one event.
  void write(const std::function<void(ledger::TableWriter&)>& write) {
    const ledger::Commit commit = numbering_.commit(std::to_string(++commands_), 1);
    const auto status =
        store_->append(std::vector{commit}, [&](const ledger::Event&, const base::json::value&,
                                                ledger::TableWriter& tables) { write(tables); });
    ASSERT_TRUE(status) << base::describe(status.error());
  }
  std::vector<std::string> names(Select select) {
    select.table = "test_items";
    const auto rows = store_->tables().select(select);
    EXPECT_TRUE(rows) << base::describe(rows.error());
    std::vector<std::string> found;
    if (!rows) return found;
    for (const auto& row : *rows) found.push_back(ledger::as_text(row[1]));
    if (select.limit == 1000 && select.offset == 0) {
      EXPECT_EQ(*store_->tables().count(select), found.size());
    }
    return found;
  }
  void fill() {
    write([](ledger::TableWriter& tables) {
      tables.upsert("test_items", {"b", "beta", std::int64_t{2}, 2.5, std::int64_t{1}});
      tables.upsert("test_items", {"a", "alpha", std::int64_t{3}, nullptr, std::int64_t{2}});
      tables.upsert("test_items", {"a", "alphabet", std::int64_t{1}, 0.5, std::int64_t{3}});
      tables.upsert("test_items", {"c", "gamma", nullptr, -1.0, std::int64_t{4}});
      tables.upsert("test_items", {"c", "delta", "text", 7.0, std::int64_t{5}});
    });
  }
};

using Names = std::vector<std::string>;

TEST_P(TablesContract, WriterSeesItsOwnWrites) {
  write([](ledger::TableWriter& tables) {
    EXPECT_FALSE(tables.get("test_kinds", {"x"}));
    tables.upsert("test_kinds", {"x", std::int64_t{1}});
    EXPECT_EQ(tables.get("test_kinds", {"x"}), (Row{"x", std::int64_t{1}}));
    tables.upsert("test_kinds", {"x", std::int64_t{2}});
    EXPECT_EQ(tables.get("test_kinds", {"x"}), (Row{"x", std::int64_t{2}}));
    tables.erase("test_kinds", {"x"});
    EXPECT_FALSE(tables.get("test_kinds", {"x"}));
    tables.upsert("test_kinds", {"y", std::int64_t{5}});
  });
  write([](ledger::TableWriter& tables) {
    EXPECT_FALSE(tables.get("test_kinds", {"x"}));
    EXPECT_EQ(tables.get("test_kinds", {"y"}), (Row{"y", std::int64_t{5}}));
    tables.erase("test_kinds", {"y"});
    tables.upsert("test_kinds", {"x", std::int64_t{9}});
  });
  EXPECT_EQ(*store_->tables().select({.table = "test_kinds"}),
            (std::vector<Row>{{"x", std::int64_t{9}}}));
}

TEST_P(TablesContract, OrdersByTheKeyUnlessToldOtherwise) {
  fill();
  EXPECT_EQ(names({}), (Names{"alpha", "alphabet", "beta", "delta", "gamma"}));
  EXPECT_EQ(names({.order = {"-name"}}), (Names{"gamma", "delta", "beta", "alphabet", "alpha"}));
  // Null comes before numbers, numbers before texts.
  EXPECT_EQ(names({.order = {"count"}}), (Names{"gamma", "alphabet", "beta", "alpha", "delta"}));
  EXPECT_EQ(names({.order = {"-weight"}}), (Names{"delta", "beta", "alphabet", "gamma", "alpha"}));
  EXPECT_EQ(names({.order = {"-place", "name"}}),
            (Names{"delta", "gamma", "beta", "alpha", "alphabet"}));
}

TEST_P(TablesContract, LimitsAndSkips) {
  fill();
  EXPECT_EQ(names({.limit = 2}), (Names{"alpha", "alphabet"}));
  EXPECT_EQ(names({.limit = 2, .offset = 3}), (Names{"delta", "gamma"}));
  EXPECT_EQ(names({.limit = 0, .offset = 4}), (Names{"gamma"}));
  EXPECT_EQ(names({.limit = 5, .offset = 9}), Names{});
}

TEST_P(TablesContract, Compares) {
  fill();
  const auto where = [&](std::string column, Compare compare, Value value) {
    return names({.where = {{std::move(column), compare, std::move(value)}}});
  };
  EXPECT_EQ(where("count", Compare::kEqual, std::int64_t{2}), Names{"beta"});
  EXPECT_EQ(where("count", Compare::kEqual, 2.0), Names{"beta"});
  EXPECT_EQ(where("count", Compare::kNotEqual, std::int64_t{2}),
            (Names{"alpha", "alphabet", "delta", "gamma"}));
  EXPECT_EQ(where("count", Compare::kEqual, nullptr), Names{"gamma"});
  EXPECT_EQ(where("count", Compare::kNotEqual, nullptr),
            (Names{"alpha", "alphabet", "beta", "delta"}));
  EXPECT_EQ(where("count", Compare::kLess, std::int64_t{3}), (Names{"alphabet", "beta"}));
  EXPECT_EQ(where("count", Compare::kLessEqual, std::int64_t{3}),
            (Names{"alpha", "alphabet", "beta"}));
  EXPECT_EQ(where("count", Compare::kGreater, 1.5), (Names{"alpha", "beta", "delta"}));
  EXPECT_EQ(where("count", Compare::kGreaterEqual, nullptr), Names{});
  EXPECT_EQ(where("name", Compare::kPrefix, "alpha"), (Names{"alpha", "alphabet"}));
  EXPECT_EQ(where("name", Compare::kPrefix, "alphab"), Names{"alphabet"});
  EXPECT_EQ(where("name", Compare::kPrefix, ""),
            (Names{"alpha", "alphabet", "beta", "delta", "gamma"}));
  EXPECT_EQ(where("name", Compare::kPrefix, "zz"), Names{});
  EXPECT_EQ(where("count", Compare::kPrefix, "te"), Names{"delta"});
  EXPECT_EQ(where("name", Compare::kPrefix, std::int64_t{1}), Names{});
  EXPECT_EQ(names({.where = {{"place", Compare::kEqual, "a"}, {"count", Compare::kLess, 2.0}}}),
            Names{"alphabet"});
}

TEST_P(TablesContract, OddValuesAreNormalised) {
  write([](ledger::TableWriter& tables) {
    tables.upsert("test_items", {"a", nullptr, std::numeric_limits<double>::quiet_NaN()});
    tables.upsert("test_log", {2.0, "two"});
    tables.upsert("test_log", {std::int64_t{2}, std::string("a\0b", 3)});
    EXPECT_EQ(tables.get("test_items", {"a", ""}), (Row{"a", "", nullptr, nullptr, nullptr}));
  });
  EXPECT_EQ(*store_->tables().select({.table = "test_items"}),
            (std::vector<Row>{{"a", "", nullptr, nullptr, nullptr}}));
  EXPECT_EQ(*store_->tables().select({.table = "test_log"}),
            (std::vector<Row>{{std::int64_t{2}, std::string("a\0b", 3)}}));
}

TEST_P(TablesContract, NamesWhatIsUnknown) {
  for (const Select& select :
       {Select{.table = "nowhere"}, Select{.table = "test_items", .where = {{.column = "nothing"}}},
        Select{.table = "test_items", .order = {"-nothing"}}}) {
    const auto rows = store_->tables().select(select);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, "table.unknown");
  }
  EXPECT_EQ(store_->tables().spec("nowhere"), nullptr);
  EXPECT_EQ(store_->tables().spec("test_items")->columns.size(), 5u);
}

std::string dump(const ledger::Store& store) {
  std::ostringstream out;
  EXPECT_TRUE(ledger::dump_tables(store.tables(), item_tables(), out));
  return out.str();
}

TEST_P(TablesContract, ARebuildGivesTheSameTables) {
  for (int i = 0; i < 30; ++i)
    ASSERT_TRUE(
        store_->append(std::vector{numbering_.commit(std::to_string(i), 7)}, project_items));
  const std::string before = dump(*store_);
  EXPECT_GT(before.size(), 1000u);
  ASSERT_TRUE(store_->rebuild_tables(project_items));
  EXPECT_EQ(dump(*store_), before);
  // A failing rebuild leaves the old tables.
  const auto failed = store_->rebuild_tables(
      [](const ledger::Event& event, const base::json::value&, ledger::TableWriter&) {
        if (event.seq > 100) throw std::runtime_error("broken projection");
      });
  EXPECT_FALSE(failed);
  EXPECT_EQ(dump(*store_), before);
}

TEST_P(TablesContract, StalenessLastsUntilARebuild) {
  EXPECT_FALSE(store_->tables_stale());
  ASSERT_TRUE(store_->mark_tables_stale());
  EXPECT_TRUE(store_->tables_stale());
  ASSERT_TRUE(store_->rebuild_tables(project_items));
  EXPECT_FALSE(store_->tables_stale());
}

INSTANTIATE_TEST_SUITE_P(Backends, TablesContract,
                         testing::Values(Backend::kMemory, Backend::kSqlite),
                         [](const auto& info) { return backend_name(info.param); });

TEST(SqliteTables, ChangedDeclarationsMakeThemStale) {
  StoreFixture fixture(Backend::kSqlite);
  Numbering numbering;
  {
    auto store = fixture.open();
    ASSERT_TRUE(store->append(std::vector{numbering.commit("c1", 9)}, project_items));
  }
  EXPECT_FALSE(fixture.open()->tables_stale());
  auto changed = item_tables();
  changed[0].columns.push_back({"extra", kText});
  auto store = fixture.open(changed);
  EXPECT_TRUE(store->tables_stale());
  EXPECT_EQ(*store->tables().count({.table = "test_items"}), 0u);
  ASSERT_TRUE(store->rebuild_tables(project_items));
  EXPECT_FALSE(store->tables_stale());
  EXPECT_GT(*store->tables().count({.table = "test_items"}), 0u);
}

}  // namespace
}  // namespace fulcrum::test
