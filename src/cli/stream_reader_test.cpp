#include "cli/stream_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace fulcrum::cli {
namespace {

TEST(StreamReader, EventsFromPieces) {
  const std::string text =
      "retry: 1000\n\nid: 1\nevent: step\ndata: {\"a\":1}\n\n: \n\nevent: progress\ndata: one\n"
      "data: two\n\nid: 2\nevent: cut";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    std::vector<StreamEvent> events;
    StreamReader reader([&](const StreamEvent& event) { events.push_back(event); });
    for (std::size_t at = 0; at < text.size(); at += piece) reader.take(text.substr(at, piece));
    ASSERT_EQ(events.size(), 2u) << piece;
    EXPECT_EQ(events[0].id, "1");
    EXPECT_EQ(events[0].name, "step");
    EXPECT_EQ(events[0].data, "{\"a\":1}");
    EXPECT_EQ(events[1].id, "");
    EXPECT_EQ(events[1].data, "one\ntwo");
  }
}

}  // namespace
}  // namespace fulcrum::cli
