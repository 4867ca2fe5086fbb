#include "data/tables/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/files.h"
#include "data/tables/column_type.h"
#include "data/tables/labels.h"
#include "data/tables/rules.h"
#include "data/tables/similarity.h"
#include "support/test_tables.h"

namespace fulcrum::data::tables {
namespace {

TEST(Table, HoldsEachValueOnce) {
  const Table table = table_from("a,b\n1,x\n2,x\n1,\"y,\"\"z\"\n");
  ASSERT_EQ(table.rows(), 3U);
  EXPECT_EQ(table.columns[0].distinct(), 2U);
  EXPECT_EQ(table.columns[0].count(table.columns[0].codes[0]), 2U);
  EXPECT_EQ(table.columns[1].at(2), "y,\"z");
  EXPECT_EQ(to_csv(table), "a,b\n1,x\n2,x\n1,\"y,\"\"z\"\n");
}

TEST(Table, RaggedRowsAreFilledAndCounted) {
  const Table table = table_from("a,b\n1\n1,2,3\n\n4,5\n");
  ASSERT_EQ(table.rows(), 3U);  // the line without anything is no row
  EXPECT_EQ(table.ragged.size(), 2U);
  EXPECT_EQ(table.columns[1].at(0), "");
}

TEST(Table, AHeaderMustNameItsColumns) {
  for (const auto* text : {"", "a,a\n1,2\n", "a,\n1,2\n"}) {
    const TemporaryFile file(text);
    const auto table = read_table(file.path());
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().code, "table.header");
  }
}

RC_GTEST_PROP(Table, SetKeepsCountsAndText, ()) {
  Table table = table_from("a\nx\ny\nz\n");
  const auto cells = *rc::gen::container<std::vector<std::string>>(
      3, rc::gen::container<std::string>(rc::gen::inRange('a', 'e')));
  for (std::size_t row = 0; row < 3; ++row) table.columns[0].set(row, cells[row]);
  std::size_t rows = 0;
  for (Code code = 0; code < table.columns[0].distinct(); ++code)
    rows += table.columns[0].count(code);
  RC_ASSERT(rows == 3U);
  for (std::size_t row = 0; row < 3; ++row) RC_ASSERT(table.columns[0].at(row) == cells[row]);
}

TEST(Values, Quantities) {
  const auto unit = [](std::string_view text) {
    const auto quantity = parse_quantity(text);
    return quantity ? std::to_string(quantity->number) + "|" + quantity->unit() : "none";
  };
  EXPECT_EQ(unit("12 oz"), "12.000000|oz");
  EXPECT_EQ(unit("$3.50"), "3.500000|$");
  EXPECT_EQ(unit("5 %"), "5.000000|%");
  EXPECT_EQ(unit("1,234.5"), "1234.500000|");
  EXPECT_EQ(unit("-7"), "-7.000000|");
  EXPECT_EQ(unit("1e3"), "1000.000000|");
  EXPECT_EQ(unit("¥12"), "12.000000|¥");
  EXPECT_EQ(unit("1,23"), "none");
  EXPECT_EQ(unit("1x2"), "none");
  EXPECT_EQ(unit("abc"), "none");
  EXPECT_EQ(unit("1e999"), "none");
  EXPECT_TRUE(parse_quantity("007")->leading_zero);
}

TEST(Values, Moments) {
  const auto kind = [](std::string_view text) {
    const auto moment = parse_moment(text);
    return moment ? static_cast<int>(moment->kind) : -1;
  };
  for (const auto* date : {"2026-10-31", "31/10/2026", "10/31/2026", "Oct 31, 2026", "31 Oct 2026",
                           "2026/1/2", "Dec 02"})
    EXPECT_EQ(kind(date), 0) << date;
  for (const auto* time : {"7:10 a.m.", "07:10", "23:59:59"}) EXPECT_EQ(kind(time), 1) << time;
  for (const auto* both : {"2026-10-31T09:30:00Z", "12/02/2011 7:10 a.m.", "Dec 02 - 7:10 p.m."})
    EXPECT_EQ(kind(both), 2) << both;
  for (const auto* no :
       {"2026-13-31", "99/99/2026", "25:00", "20261031", "hello", "1-2", "1.2.3.4.5"})
    EXPECT_EQ(kind(no), -1) << no;
  EXPECT_DOUBLE_EQ(*parse_moment("1970-01-02")->seconds, 86400);
  EXPECT_FALSE(parse_moment("03/04/2026")->seconds);  // which is the month?
}

TEST(ColumnType, KindsAndUnits) {
  const auto type = [](std::string_view values) { return type_of(table_from(values).columns[0]); };
  EXPECT_EQ(type("a\n1\n2\n3\n").kind, Kind::kInteger);
  EXPECT_EQ(type("a\n1.5\n2\n3.25\n").kind, Kind::kDecimal);
  EXPECT_EQ(type("a\nyes\nno\nyes\n").kind, Kind::kBoolean);
  EXPECT_EQ(type("a\n2026-01-02\n2026-01-03\n").kind, Kind::kDate);
  EXPECT_EQ(type("a\n12 oz\n16 oz\n8 oz\nN/A\n\n").unit, "oz");
  EXPECT_EQ(type("a\n\nN/A\n-\n").kind, Kind::kEmpty);
  EXPECT_EQ(type("a\nq1x7\nq2y8\nq3z9\n").kind, Kind::kId);
  EXPECT_TRUE(type("a\n01234\n02345\n01234\n").codes);
}

TEST(Similarity, BoundedDistanceIsTheDistanceUpToItsBound) {
  EXPECT_EQ(bounded_distance("birmingham", "birminghxm", 3), 1U);
  EXPECT_EQ(bounded_distance("ab", "ba", 2), 1U);
  EXPECT_EQ(bounded_distance("", "abc", 5), 3U);
  EXPECT_EQ(bounded_distance("abcdef", "uvwxyz", 2), 3U);
}

RC_GTEST_PROP(Similarity, BoundedDistanceAgreesWithTheWholeTable, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::inRange('a', 'd'));
  const std::string a = *text, b = *text;
  const std::size_t whole = bounded_distance(a, b, 1000);
  RC_ASSERT(whole == bounded_distance(b, a, 1000));
  for (std::size_t limit = 0; limit < 6; ++limit)
    RC_ASSERT(bounded_distance(a, b, limit) == std::min(whole, limit + 1));
}

TEST(Similarity, KeysBringWaysOfWritingTogether) {
  EXPECT_EQ(fingerprint("Smith, John"), fingerprint("john  SMITH"));
  EXPECT_NE(fingerprint("1.20"), fingerprint("12.0"));
  EXPECT_EQ(ngram_fingerprint("New York"), ngram_fingerprint("newyork"));
  EXPECT_NE(ngram_fingerprint("11 patients"), ngram_fingerprint("111 patients"));
  EXPECT_EQ(phonetic_key("Robert"), "r163");
  EXPECT_EQ(phonetic_key("Rupert"), "r163");
  EXPECT_EQ(phonetic_key("Ashcraft"), "a261");
  const Table table = table_from("a\nMeyer\nMeyer\nMaier\nSchmidt\n");
  EXPECT_EQ(cluster_values(table.columns[0], KeyMethod::kPhonetic).size(), 1U);
  EXPECT_EQ(
      cluster_by_distance(table_from("a\nberlin\nberlin\nberlim\nparis\n").columns[0], 0.2).size(),
      1U);
}

TEST(Rules, BothFormsSayTheSame) {
  const Table table = table_from("a,b,c\n1,2,3\n");
  auto rules = parse_rules(
      "a, b ⇒ c\na -> b\n\n# remark\nt1&t2&EQ(t1.a,t2.a)&EQ(t1.b,t2.b)&IQ(t1.c,t2.c)", "r.txt");
  ASSERT_TRUE(rules) << base::describe(rules.error());
  ASSERT_TRUE(bind_rules(*rules, table, "r.txt"));
  ASSERT_EQ(rules->size(), 3U);
  EXPECT_EQ(dependency_of((*rules)[0]), dependency_of((*rules)[2]));
  EXPECT_EQ(text_of(*dependency_of((*rules)[0]), table), "a, b -> c");
}

TEST(Rules, MistakesHaveALine) {
  for (const auto* text : {"\nnonsense", "\nt1&EQ(t1.a)", "\nt1&XX(t1.a,t2.a)", "\na ⇒", "\nt1&t2",
                           "\nt1&EQ(\"x\",\"y\")", "\nt1&EQ(t1.a,t2.a"}) {
    const auto rules = parse_rules(text, "r.txt");
    ASSERT_FALSE(rules) << text;
    EXPECT_EQ(rules.error().code, "table.rule");
    EXPECT_EQ(rules.error().field, "r.txt:2");
  }
  auto unknown = parse_rules("a -> citty", "r.txt");
  const auto bound = bind_rules(*unknown, table_from("a,city\n1,2\n"), "r.txt");
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().code, "table.column");
  EXPECT_THAT(bound.error().fix, testing::HasSubstr("city"));
}

TEST(Labels, BothForms) {
  const Table table = table_from("a,b\n1,x\n2,y\n");
  const auto cells = labels_of(table_from("row,column,is_error,value\n0,a,0,\n1,b,1,z\n"), table);
  ASSERT_TRUE(cells) << base::describe(cells.error());
  ASSERT_EQ(cells->size(), 2U);
  EXPECT_FALSE((*cells)[0].is_error);
  EXPECT_EQ((*cells)[1].value, "z");
  const auto rows = labels_of(table_from("row,a,b\n1,2,z\n"), table);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_FALSE((*rows)[0].is_error);
  EXPECT_TRUE((*rows)[1].is_error);
  EXPECT_EQ(labels_of(table_from("row,column,is_error\n9,a,1\n"), table).error().code,
            "table.labels");
  EXPECT_EQ(labels_of(table_from("row,column,is_error\n0,a,maybe\n"), table).error().code,
            "table.labels");
  EXPECT_EQ(labels_of(table_from("row,column,is_error\n0,q,1\n"), table).error().code,
            "table.column");
}

}  // namespace
}  // namespace fulcrum::data::tables
