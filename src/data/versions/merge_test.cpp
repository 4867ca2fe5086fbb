#include "data/versions/merge.h"

#include "data/versions/versions_fixture.h"

namespace fulcrum::data::versions {
namespace {

class Merge : public VersionsFixture {
 protected:
  void branch(const std::string& name) {
    const auto head = repository_->refs().get("d", RefKind::kBranch, "main").value();
    const auto none = repository_->refs().get("d", RefKind::kBranch, name).value();
    ASSERT_TRUE(repository_->refs().move(none, head.version, ++now_us_, "me"));
  }
  MergeResult merged(Prefer prefer = Prefer::kNeither) {
    auto done = merge(*repository_, {.dataset = "d",
                                     .into = "main",
                                     .from = "theirs",
                                     .author = "me",
                                     .message = "",
                                     .time_us = ++now_us_,
                                     .prefer = prefer});
    EXPECT_TRUE(done) << base::describe(done.error());
    return done ? *done : MergeResult{};
  }
  std::string content(const std::string& version, const std::string& path) {
    std::string text;
    const auto done = cat(*repository_, {version, repository_->version(version).value()}, path,
                          [&](std::string_view part) -> base::Status {
                            text += part;
                            return {};
                          });
    EXPECT_TRUE(done) << base::describe(done.error());
    return text;
  }
  /// base on main, then each side's files.
  MergeResult three_way(const std::string& name, const std::string& base, const std::string& ours,
                        const std::string& theirs, Prefer prefer = Prefer::kNeither) {
    put(name, base);
    must_commit("main", {"id"});
    branch("theirs");
    put(name, theirs);
    must_commit("theirs");
    put(name, ours);
    must_commit("main");
    return merged(prefer);
  }
};

TEST_F(Merge, FilesOfBothSidesComeTogether) {
  put("both", "1");
  put("goes", "x");
  put("f/keeps", "y");
  must_commit();
  branch("theirs");
  put("theirs", "t");
  fs::remove(folder_ / "data/goes");
  must_commit("theirs");
  fs::remove(folder_ / "data/theirs");
  put("goes", "x");
  put("ours", "o");
  put("both", "2");
  const auto ours = must_commit();
  const auto result = merged();
  EXPECT_EQ(result.outcome, "merged");
  const auto out = checked_out(result.version);
  EXPECT_EQ(out, (std::map<std::string, std::string>{{"both", "file false 2"},
                                                     {"f", "folder"},
                                                     {"f/keeps", "file false y"},
                                                     {"ours", "file false o"},
                                                     {"theirs", "file false t"}}));
  EXPECT_EQ(repository_->version(result.version)->parents.size(), 2U);
  EXPECT_EQ(repository_->version(result.version)->parents[0], ours.version);
  EXPECT_EQ(merged().outcome, "up_to_date");
}

TEST_F(Merge, AnOlderBranchGoesForward) {
  put("a", "1");
  must_commit();
  branch("theirs");
  put("a", "2");
  const auto theirs = must_commit("theirs");
  const auto result = merged();
  EXPECT_EQ(result.outcome, "fast_forward");
  EXPECT_EQ(repository_->resolve("d", "main")->name, theirs.version);
}

TEST_F(Merge, FilesThatBothChangedAreAConflict) {
  const auto result = three_way("a.txt", "1", "2", "3");
  EXPECT_EQ(result.outcome, "conflicts");
  ASSERT_EQ(result.conflicts.size(), 1U);
  EXPECT_EQ(result.conflicts[0].kind, "file");
  EXPECT_EQ(content(repository_->resolve("d", "main")->name, "a.txt"), "2");
  const auto forced = merged(Prefer::kTheirs);
  EXPECT_EQ(forced.outcome, "merged");
  EXPECT_EQ(content(forced.version, "a.txt"), "3");
}

TEST_F(Merge, RowsAreMergedByKeyAndColumn) {
  const auto result = three_way("t.csv", "id,a,b\r\n1,x,y\r\n2,x,y\r\n3,x,y\r\n4,x,y\r\n",
                                "id,a,b\r\n1,OURS,y\r\n3,x,y\r\n4,x,y\r\n5,new,ours\r\n",
                                "id,a,b\r\n4,x,y\r\n1,x,THEIRS\r\n2,x,y\r\n6,\"new, t\",z\r\n");
  EXPECT_EQ(result.outcome, "merged");
  EXPECT_EQ(content(result.version, "t.csv"),
            "id,a,b\r\n1,OURS,THEIRS\r\n4,x,y\r\n5,new,ours\r\n6,\"new, t\",z\r\n");
}

TEST_F(Merge, ConflictsAreNamedByKeyAndColumn) {
  const std::string base = "id,a,b\n1,x,y\n2,x,y\n3,x,y\n", ours = "id,a,b\n1,o,y\n3,x,o\n4,o,o\n",
                    theirs = "id,a,b\n1,t,y\n2,x,t\n4,t,o\n";
  const auto result = three_way("t.csv", base, ours, theirs);
  EXPECT_EQ(result.outcome, "conflicts");
  std::vector<std::string> said;
  for (const auto& conflict : result.conflicts)
    said.push_back(fmt::format("{} {}/{}: {} | {} | {}", conflict.kind, conflict.key,
                               conflict.column, conflict.base.value_or("-"),
                               conflict.ours.value_or("-"), conflict.theirs.value_or("-")));
  EXPECT_EQ(said, (std::vector<std::string>{
                      "cell 1/a: x | o | t", "row 3/: a=x, b=y, id=3 | a=x, b=o, id=3 | -",
                      "cell 4/a: - | o | t", "row 2/: a=x, b=y, id=2 | - | a=x, b=t, id=2"}));
  const auto ours_wins = merged(Prefer::kOurs);
  EXPECT_EQ(content(ours_wins.version, "t.csv"), ours);
  EXPECT_EQ(ours_wins.conflicts_resolved, 4U);
}

TEST_F(Merge, TheirsMayWin) {
  const auto result = three_way("t.csv", "id,a\n1,x\n2,x\n3,x\n", "id,a\n1,o\n3,o\n",
                                "id,a\n1,t\n2,t\n", Prefer::kTheirs);
  EXPECT_EQ(content(result.version, "t.csv"), "id,a\n1,t\n2,t\n");
}

TEST_F(Merge, ColumnsOfBothSidesComeTogether) {
  const auto result =
      three_way("t.csv", "id,a,b\n1,x,5\n2,x,6\n", "id,a,b,c\n1,x,5,o\n2,q,6,o\n3,n,7,o\n",
                "id,b,d\n1,5,t\n2,6.5,t\n");
  // Theirs removed column a, and ours changed a cell of it.
  ASSERT_EQ(result.conflicts.size(), 1U);
  EXPECT_EQ(result.conflicts[0].key + " " + result.conflicts[0].column, "2 a");
  const auto forced = merged(Prefer::kTheirs);
  EXPECT_EQ(content(forced.version, "t.csv"), "id,b,c,d\n1,5,o,t\n2,6.5,o,t\n3,7,o,\n");
  const auto entry =
      find_entry(repository_->chunks(), repository_->version(forced.version)->tree, "t.csv")
          .value();
  EXPECT_EQ(decode_table(entry->table)->columns[1].type, CellType::kNumber) << "widened";
}

TEST_F(Merge, JsonRowsKeepTheirForm) {
  const auto result = three_way("t.jsonl", "{\"id\": 1, \"a\": [1, 2]}\n{\"id\":2}\n",
                                "{\"id\": 1, \"a\": [1, 2]}\n{\"id\":2,\"o\":1}\n",
                                "{\"id\": 1, \"a\": [1, 3]}\n{\"id\":2}\n{\"id\":3,\"t\":null}\n");
  EXPECT_EQ(result.outcome, "merged");
  EXPECT_EQ(content(result.version, "t.jsonl"),
            "{\"id\":1,\"a\":[1, 3]}\n{\"id\":2,\"o\":1}\n{\"id\":3,\"t\":null}\n");
}

TEST_F(Merge, AKeyThatIsNoneIsSaid) {
  const auto result =
      three_way("t.csv", "id,a\n1,x\n1,y\n", "id,a\n1,x\n1,y\n2,o\n", "id,a\n1,x\n1,z\n");
  EXPECT_EQ(result.outcome, "conflicts");
  EXPECT_EQ(result.conflicts.at(0).kind, "duplicate_key");
}

TEST_F(Merge, EditsOfDifferentCellsNeverConflict) {
  const unsigned seed = std::random_device()();
  fmt::print("seed {}\n", seed);
  base::Random random(seed);
  for (int round = 0; round < 8; ++round) {
    fs::remove_all(folder_ / "store");
    open();
    using Row = std::array<std::string, 3>;
    std::map<int, Row> base;
    const int size = 20 + static_cast<int>(random.below(9000));
    for (int i = 0; i < size; ++i)
      for (auto& value : base[i]) value = std::to_string(random.next());
    auto ours = base, theirs = base, both = base;
    for (int edit = 0; edit < 100; ++edit) {
      const int id = static_cast<int>(random.below(static_cast<std::uint64_t>(size)));
      const std::string value = std::to_string(random.next());
      // Even rows' cells are edited by column, odd rows removed or kept by one side each.
      if (id % 2 == 0) {
        ours[id][0] = both[id][0] = value;
        theirs[id][2] = both[id][2] = value + "t";
      } else if (id % 4 == 1) {
        ours.erase(id);
        both.erase(id);
      } else {
        theirs.erase(id);
        both.erase(id);
      }
      const Row fresh{value, "f", ""};
      (edit % 2 == 0 ? ours : theirs)[size + edit] = both[size + edit] = fresh;
    }
    const auto text = [](const std::map<int, Row>& rows) {
      std::string all = "id,a,b,c\n";
      for (const auto& [id, row] : rows)
        all += fmt::format("{},{},{},{}\n", id, row[0], row[1], row[2]);
      return all;
    };
    const auto result = three_way("t.csv", text(base), text(ours), text(theirs));
    ASSERT_EQ(result.outcome, "merged") << result.conflicts.size();
    const std::string wanted = text(both), got = content(result.version, "t.csv");
    std::multiset<std::string_view> a, b;
    for (const auto& [from, into] : {std::pair{&wanted, &a}, std::pair{&got, &b}}) {
      std::string_view rest = *from;
      while (const auto record = take_record(rest, Records::kCsv)) into->insert(*record);
    }
    EXPECT_EQ(a, b);
  }
}

}  // namespace
}  // namespace fulcrum::data::versions
