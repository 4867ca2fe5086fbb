#include "data/pipeline/journal.h"

#include <boost/describe/class.hpp>

#include "base/codec.h"
#include "base/files.h"

namespace fulcrum::data {

namespace {

struct Stored {
  std::string identity;
  std::uint64_t file = 0, byte = 0, line = 1, output_bytes = 0, decision_bytes = 0;
  std::vector<std::string> order;
  base::json::value account;
};
BOOST_DESCRIBE_STRUCT(Stored, (),
                      (identity, file, byte, line, output_bytes, decision_bytes, order, account))

}  // namespace

base::Result<std::optional<Progress>> read_journal(const std::filesystem::path& path,
                                                   const std::string& identity) {
  if (!base::file_exists(path)) return std::optional<Progress>();
  TRY(const std::string content, base::read_file(path));
  const auto damaged = [&] {
    return base::failed("journal.damaged", path.string() + " does not say how far the run came",
                        "delete it: the run then starts anew");
  };
  const auto parsed = base::parse_json(content, path.string());
  if (!parsed) return damaged();
  auto stored = base::decode<Stored>(*parsed);
  if (!stored) return damaged();
  if (stored->identity != identity) return std::optional<Progress>();
  auto account = accounting_from(stored->account);
  if (!account) return damaged();
  return Progress{.identity = identity,
                  .next = {.file = static_cast<std::uint32_t>(stored->file),
                           .byte = stored->byte,
                           .line = stored->line},
                  .output_bytes = stored->output_bytes,
                  .decision_bytes = stored->decision_bytes,
                  .order = std::move(stored->order),
                  .account = std::move(*account)};
}

base::Status write_journal(const std::filesystem::path& path, const Progress& progress) {
  const Stored stored{.identity = progress.identity,
                      .file = progress.next.file,
                      .byte = progress.next.byte,
                      .line = progress.next.line,
                      .output_bytes = progress.output_bytes,
                      .decision_bytes = progress.decision_bytes,
                      .order = progress.order,
                      .account = to_json(progress.account)};
  return base::write_file(path, base::to_text(base::encode(stored)));
}

}  // namespace fulcrum::data
