#include "ledger/export.h"

#include <fmt/format.h>

#include <ostream>

#include "ledger/merkle.h"

namespace fulcrum::ledger {

namespace json = base::json;

namespace {

class Exporter {
 public:
  Exporter(const Store& store, std::ostream& out, const ExportOptions& options)
      : store_(store), out_(out), options_(options), size_(store.size()) {}

  base::Status run() {
    line({{"fulcrum_export", 1}, {"public_key", base::to_hex(options_.public_key)}});
    base::Status status;
    CHECK_OK(store_.read_commands([&](std::string_view id, const StoredReply& reply) {
      if (reply.last_seq > size_) return false;  // accepted after the call began
      status = command(id, reply);
      return status.has_value();
    }));
    CHECK_OK(status);
    if (tree_.size() != size_)
      return base::failed("ledger.corrupt", fmt::format("the commands account for {} of {} events",
                                                        tree_.size(), size_));
    line({{"end", size_}, {"root", base::to_hex(tree_.root())}});
    out_.flush();
    return check_out();
  }

 private:
  base::Status command(std::string_view id, const StoredReply& reply) {
    const std::uint64_t first = tree_.size() + 1;
    const std::uint64_t count = reply.last_seq == 0 ? 0 : reply.last_seq + 1 - first;
    if (reply.last_seq != 0 && reply.last_seq < first)
      return base::failed("ledger.corrupt", fmt::format("command {} is out of order", id));
    line({{"command", id}, {"events", count}, {"reply", reply.reply}});
    if (count > 0)
      CHECK_OK(store_.read(first, count, [&](const Event& event) {
        line({{"seq", event.seq},
              {"time_us", event.time_us},
              {"stream", event.stream},
              {"version", event.version},
              {"kind", event.kind},
              {"actor", event.actor},
              {"payload", event.payload}});
        tree_.append(leaf_hash(event));
        return true;
      }));
    CHECK_OK(write_checkpoint());
    if (options_.progress && tree_.size() >= reported_ + 4096) {
      reported_ = tree_.size();
      options_.progress(reported_, size_);
    }
    return check_out();
  }

  base::Status write_checkpoint() {
    if (next_ == checkpoints_.size()) {
      TRY(checkpoints_, store_.checkpoints(tree_.size(), 1024));
      next_ = 0;
    }
    while (next_ < checkpoints_.size() && checkpoints_[next_].size <= tree_.size()) {
      const Checkpoint& checkpoint = checkpoints_[next_++];
      if (checkpoint.size <= written_checkpoint_) continue;
      written_checkpoint_ = checkpoint.size;
      line({{"checkpoint", checkpoint.size},
            {"time_us", checkpoint.time_us},
            {"root", base::to_hex(checkpoint.root)},
            {"signature", base::to_base64(checkpoint.signature)}});
    }
    return {};
  }

  void line(const json::object& object) { out_ << base::to_text(object) << '\n'; }
  base::Status check_out() {
    if (out_) return {};
    return base::failed("export.write", "the export cannot be written", "is the disk full?");
  }

  const Store& store_;
  std::ostream& out_;
  const ExportOptions& options_;
  const std::uint64_t size_;
  CompactRange tree_;
  std::vector<Checkpoint> checkpoints_;
  std::size_t next_ = 0;
  std::uint64_t written_checkpoint_ = 0;
  std::uint64_t reported_ = 0;
};

}  // namespace

base::Status export_to(const Store& store, std::ostream& out, const ExportOptions& options) {
  return Exporter(store, out, options).run();
}

base::Status dump_tables(const TableReader& tables, const std::vector<TableSpec>& specs,
                         std::ostream& out) {
  for (const auto& spec : specs) {
    out << base::to_text(json::object{{"table", spec.name}}) << '\n';
    TRY(const auto rows, tables.select({.table = spec.name, .limit = 0}));
    for (const auto& row : rows) {
      json::array values;
      for (const auto& value : row) values.push_back(as_json(value));
      out << base::to_text(values) << '\n';
    }
  }
  if (!out) return base::failed("export.write", "the dump cannot be written");
  return {};
}

}  // namespace fulcrum::ledger
