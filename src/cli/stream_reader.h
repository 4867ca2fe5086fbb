#pragma once
// Server-Sent Events out of bytes that arrive in pieces.
#include <functional>
#include <string>
#include <string_view>

namespace fulcrum::cli {

struct StreamEvent {
  std::string id = {};  // empty: it has none
  std::string name = {};
  std::string data = {};
};

/// Not thread-safe. Comments and fields that it does not know are passed over.
class StreamReader {
 public:
  explicit StreamReader(std::function<void(const StreamEvent&)> told) : told_(std::move(told)) {}
  /// Calls `told` for each event that is complete now.
  void take(std::string_view bytes);

 private:
  void line(std::string_view text);

  std::function<void(const StreamEvent&)> told_;
  std::string rest_;
  StreamEvent event_;
};

}  // namespace fulcrum::cli
