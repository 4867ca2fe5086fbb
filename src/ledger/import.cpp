#include <fmt/format.h>

#include <boost/json/stream_parser.hpp>
#include <istream>

#include "ledger/export.h"
#include "ledger/merkle.h"
#include "ledger/signature.h"

namespace fulcrum::ledger {

namespace json = base::json;

namespace {

constexpr std::size_t kMaxLineBytes = 64u << 20;
/// Between two checkpoints; the engine groups far fewer.
constexpr std::uint64_t kMaxGroupEvents = 1'000'000;
constexpr std::size_t kMaxGroupBytes = 512u << 20;

class Importer {
 public:
  Importer(Store& store, std::istream& in, const ImportOptions& options)
      : store_(store), in_(in), options_(options), public_keys_(options.public_keys) {}

  base::Result<ImportReport> run() {
    if (store_.size() != 0)
      return base::conflict("import.occupied",
                            fmt::format("the ledger has {} events already", store_.size()),
                            "import into a new home");
    CHECK_OK(read_header());
    while (!is_ended_) {
      TRY(const auto object, next_line());
      if (!object) return truncated();
      CHECK_OK(read_line(*object));
      if (options_.progress && report_.events >= reported_ + 4096) {
        reported_ = report_.events;
        options_.progress(reported_, 0);
      }
    }
    if (!options_.project) CHECK_OK(store_.mark_tables_stale());
    return report_;
  }

 private:
  base::Failure wrong(const std::string& what) const {
    return base::usage("import.syntax", what, fmt::format("line {}", line_));
  }
  base::Failure truncated() const {
    return base::failed("import.truncated",
                        fmt::format("the export ends after line {} without its last line", line_));
  }

  /// None at the end of the input.
  base::Result<std::optional<json::object>> next_line() {
    ++line_;
    text_.clear();
    for (int byte = in_.get(); byte != std::istream::traits_type::eof() && byte != '\n';
         byte = in_.get()) {
      if (text_.size() >= kMaxLineBytes) return wrong("the line is too long");
      text_ += static_cast<char>(byte);
    }
    if (text_.empty() && !in_) return std::optional<json::object>();
    json::parse_options parse_options;
    parse_options.allow_invalid_utf8 = true;  // names may be any bytes
    json::stream_parser parser({}, parse_options);
    boost::system::error_code error;
    parser.write(text_, error);
    if (!error) parser.finish(error);
    if (error) return wrong("not JSON: " + error.message());
    json::value value = parser.release();
    if (!value.is_object()) return wrong("not a JSON object");
    return std::optional(std::move(value.get_object()));
  }

  base::Result<std::string> text(const json::object& object, std::string_view name) const {
    const auto* value = object.if_contains(name);
    if (!value || !value->is_string()) return wrong(fmt::format("{} is not a text", name));
    return std::string(value->get_string());
  }
  base::Result<std::int64_t> integer(const json::object& object, std::string_view name) const {
    const auto* value = object.if_contains(name);
    if (!value || !value->is_int64()) return wrong(fmt::format("{} is not an integer", name));
    return value->get_int64();
  }
  base::Result<std::uint64_t> count(const json::object& object, std::string_view name) const {
    TRY(const auto value, integer(object, name));
    if (value < 0) return wrong(fmt::format("{} is negative", name));
    return static_cast<std::uint64_t>(value);
  }

  base::Status read_header() {
    TRY(const auto object, next_line());
    if (!object) return truncated();
    TRY(const auto format, integer(*object, "fulcrum_export"));
    if (format != 1)
      return wrong(fmt::format("format {} of the export is not known, only 1 is", format));
    TRY(const auto hex, text(*object, "public_key"));
    const auto key = base::from_hex(hex);
    if (!key) return wrong("public_key is not hexadecimal");
    if (public_keys_.empty() && !key->empty()) public_keys_.push_back(*key);
    return {};
  }

  base::Status read_line(const json::object& object) {
    if (object.contains("seq")) return read_event(object);
    if (object.contains("command")) return read_command(object);
    if (object.contains("checkpoint")) return read_checkpoint(object);
    if (object.contains("end")) return read_end(object);
    return wrong("neither a command, an event, a checkpoint nor the end");
  }

  base::Status read_command(const json::object& object) {
    if (missing_events_ != 0)
      return wrong(fmt::format("{} events of the command before are missing", missing_events_));
    Commit commit;
    TRY(commit.command_id, text(object, "command"));
    TRY(commit.reply, text(object, "reply"));
    TRY(missing_events_, count(object, "events"));
    if (missing_events_ > kMaxGroupEvents) return wrong("a command with too many events");
    group_.push_back(std::move(commit));
    return {};
  }

  base::Status read_event(const json::object& object) {
    if (missing_events_ == 0) return wrong("an event of no command");
    Event event;
    TRY(event.seq, count(object, "seq"));
    TRY(event.time_us, integer(object, "time_us"));
    TRY(event.stream, text(object, "stream"));
    TRY(event.version, count(object, "version"));
    TRY(event.kind, text(object, "kind"));
    TRY(event.actor, text(object, "actor"));
    TRY(event.payload, text(object, "payload"));
    // A payload that does not parse would stop every later replay.
    if (!base::parse_json(event.payload, "payload")) return wrong("the payload is not JSON");
    event.command_id = group_.back().command_id;
    group_bytes_ += event.payload.size() + 64;
    if (++group_events_ > kMaxGroupEvents || group_bytes_ > kMaxGroupBytes)
      return wrong("too many events without a checkpoint");
    group_.back().events.push_back(std::move(event));
    --missing_events_;
    return {};
  }

  base::Status read_checkpoint(const json::object& object) {
    if (missing_events_ != 0)
      return wrong(fmt::format("{} events of the command before are missing", missing_events_));
    if (group_events_ == 0) return wrong("a checkpoint without events");
    Checkpoint checkpoint;
    TRY(checkpoint.size, count(object, "checkpoint"));
    TRY(checkpoint.time_us, integer(object, "time_us"));
    TRY(const auto root, text(object, "root"));
    TRY(const auto signature, text(object, "signature"));
    const auto root_bytes = base::from_hex(root);
    auto signature_bytes = base::from_base64(signature);
    if (!root_bytes || root_bytes->size() != checkpoint.root.size() || !signature_bytes)
      return wrong("the checkpoint's root or signature is malformed");
    std::copy(root_bytes->begin(), root_bytes->end(), checkpoint.root.begin());
    checkpoint.signature = std::move(*signature_bytes);
    CHECK_OK(check_signature(checkpoint));
    CHECK_OK(store_.append_checkpointed(group_, checkpoint, options_.project));
    report_.events += group_events_;
    report_.commands += group_.size();
    start_group();
    return {};
  }

  base::Status check_signature(const Checkpoint& checkpoint) const {
    if (public_keys_.empty()) return {};
    const std::string text = checkpoint_text(checkpoint);
    for (const auto& key : public_keys_)
      if (signature_holds(key, text, checkpoint.signature)) return {};
    return base::failed("import.signature",
                        fmt::format("line {}: the signature of checkpoint {} does not hold", line_,
                                    checkpoint.size));
  }

  base::Status read_end(const json::object& object) {
    if (missing_events_ != 0 || group_events_ != 0)
      return wrong("events without a checkpoint before the end");
    if (!group_.empty()) CHECK_OK(store_.append(group_, options_.project));
    report_.commands += group_.size();
    start_group();
    TRY(const auto events, count(object, "end"));
    TRY(report_.root, text(object, "root"));
    TRY(const auto last, store_.last_checkpoint());
    const auto root = last ? last->root : CompactRange().root();
    if (events != report_.events || report_.root != base::to_hex(root))
      return base::failed("ledger.root", "the imported events do not give the export's root");
    is_ended_ = true;
    return {};
  }

  void start_group() {
    group_.clear();
    group_events_ = 0;
    group_bytes_ = 0;
  }

  Store& store_;
  std::istream& in_;
  const ImportOptions& options_;
  std::vector<std::string> public_keys_;
  ImportReport report_;
  std::uint64_t line_ = 0;
  std::string text_;
  std::vector<Commit> group_;
  std::uint64_t missing_events_ = 0;
  std::uint64_t group_events_ = 0;
  std::size_t group_bytes_ = 0;
  std::uint64_t reported_ = 0;
  bool is_ended_ = false;
};

}  // namespace

base::Result<ImportReport> import_from(Store& store, std::istream& in,
                                       const ImportOptions& options) {
  return Importer(store, in, options).run();
}

}  // namespace fulcrum::ledger
