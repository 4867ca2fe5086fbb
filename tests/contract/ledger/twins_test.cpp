// The memory twin and SQLite agree on random histories.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>

#include "contract/ledger/backends.h"
#include "ledger/export.h"

namespace fulcrum::test {
namespace {

using ledger::Value;

Value random_value() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return nullptr;
    case 1:
      return static_cast<std::int64_t>(*rc::gen::inRange(-3, 4));
    case 2:
      return *rc::gen::inRange(-6, 7) / 2.0;
    case 3:
      return *rc::gen::element<std::string>("", "a", "ab", "b", "a\xff", "\xff", "1", "-1");
    default:
      return *rc::gen::arbitrary<std::int64_t>();
  }
}

struct Write {
  bool is_erase = false;
  ledger::Row row;
};

class Twins {
 public:
  void commit() {
    const auto events = *rc::gen::inRange<std::size_t>(0, 5);
    const auto id = fmt::format("c{}", *rc::gen::inRange(0, 40));
    Numbering ahead = numbering_;
    const auto commit = ahead.commit(id, events, 4);
    std::vector<Write> writes;
    for (std::size_t i = 0; i < events; ++i)
      writes.push_back(
          {*rc::gen::inRange(0, 4) == 0,
           {random_value(), random_value(), random_value(), random_value(), random_value()}});
    const auto project = [&](const ledger::Event& event, const base::json::value&,
                             ledger::TableWriter& tables) {
      const Write& write = writes[event.seq - commit.events[0].seq];
      const ledger::Row key{write.row[0], write.row[1]};
      if (write.is_erase) {
        tables.erase("test_items", key);
      } else {
        const auto before = tables.get("test_items", key);
        ledger::Row row = write.row;
        if (before) row[4] = (*before)[2];
        tables.upsert("test_items", row);
      }
    };
    const auto one = memory_->append(std::vector{commit}, project);
    const auto other = sqlite_->append(std::vector{commit}, project);
    RC_ASSERT(one.has_value() == other.has_value());
    if (!one) {
      RC_ASSERT(one.error().code == other.error().code);
    } else {
      numbering_ = ahead;
    }
  }

  void select() {
    using enum ledger::Compare;
    const auto column = [] {
      return *rc::gen::element<std::string>("place", "name", "count", "weight", "seq");
    };
    ledger::Select select{.table = "test_items"};
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
      select.where.push_back({column(),
                              *rc::gen::element(kEqual, kNotEqual, kLess, kLessEqual, kGreater,
                                                kGreaterEqual, kPrefix),
                              random_value()});
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
      select.order.push_back((*rc::gen::arbitrary<bool>() ? "-" : "") + column());
    select.limit = *rc::gen::inRange<std::size_t>(0, 4);
    select.offset = *rc::gen::inRange<std::size_t>(0, 3);
    const auto one = memory_->tables().select(select);
    const auto other = sqlite_->tables().select(select);
    RC_ASSERT(one.has_value() && other.has_value());
    RC_ASSERT(*one == *other);
    RC_ASSERT(*memory_->tables().count(select) == *sqlite_->tables().count(select));
  }

  void reopen() {
    sqlite_.reset();
    sqlite_ = fixture_.open();
  }

  void compare() const { RC_ASSERT(text(*memory_) == text(*sqlite_)); }

 private:
  static std::string text(const ledger::Store& store) {
    std::ostringstream out;
    RC_ASSERT(ledger::export_to(store, out).has_value());
    RC_ASSERT(ledger::dump_tables(store.tables(), item_tables(), out).has_value());
    return out.str();
  }

  StoreFixture fixture_{Backend::kSqlite};
  StoreFixture twin_{Backend::kMemory};
  std::unique_ptr<ledger::Store> sqlite_ = fixture_.open();
  std::unique_ptr<ledger::Store> memory_ = twin_.open();
  Numbering numbering_;
};

// RapidCheck prints its seed with a failure; RC_PARAMS="seed=…" replays it.
TEST(Twins, AgreeOnRandomHistories) {
  EXPECT_TRUE(rc::check([] {
    Twins twins;
    for (int steps = *rc::gen::inRange(1, 25); steps > 0; --steps) {
      const int what = *rc::gen::inRange(0, 10);
      if (what < 5) {
        twins.commit();
      } else if (what < 9) {
        twins.select();
      } else {
        twins.reopen();
      }
    }
    twins.compare();
  }));
}

}  // namespace
}  // namespace fulcrum::test
