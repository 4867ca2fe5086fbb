#include "train/torch/checkpoint.h"

#include <sstream>

#include "base/codec.h"
#include "base/files.h"

namespace fulcrum::train {

namespace {

std::string records_text(const Progress& progress) {
  return base::to_text(base::json::object{{"best_epoch", progress.best_epoch},
                                          {"epochs", base::encode(progress.epochs)}});
}

std::optional<Progress> records_from(const std::string& text) {
  const auto value = base::parse_json(text, "checkpoint");
  if (!value) return std::nullopt;
  const auto* epochs = base::find_path(*value, "epochs");
  if (!epochs) return std::nullopt;
  auto records = base::decode<std::vector<EpochRecord>>(*epochs);
  if (!records || records->empty()) return std::nullopt;
  return Progress{std::move(*records),
                  static_cast<unsigned>(base::get_integer(*value, "best_epoch"))};
}

}  // namespace

base::Status save_checkpoint(const std::filesystem::path& path, const std::string& fingerprint,
                             const Progress& progress, const Network& network, const Network& best,
                             torch::optim::Optimizer& optimizer) {
  torch::serialize::OutputArchive archive, current, kept, state;
  network->save(current);
  best->save(kept);
  optimizer.save(state);
  archive.write("network", current);
  archive.write("best", kept);
  archive.write("optimizer", state);
  archive.write("fingerprint", c10::IValue(fingerprint));
  archive.write("progress", c10::IValue(records_text(progress)));
  std::ostringstream bytes;
  archive.save_to(bytes);
  return base::write_file(path, bytes.str());
}

std::optional<Progress> load_checkpoint(const std::filesystem::path& path,
                                        const std::string& fingerprint, Network& network,
                                        Network& best, torch::optim::Optimizer& optimizer) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const auto content = base::read_file(path);
  if (!content) return std::nullopt;
  try {
    std::istringstream bytes(*content);
    torch::serialize::InputArchive archive, current, kept, state;
    archive.load_from(bytes);
    c10::IValue owner, records;
    archive.read("fingerprint", owner);
    archive.read("progress", records);
    if (owner.toStringRef() != fingerprint) return std::nullopt;
    auto progress = records_from(records.toStringRef());
    if (!progress) return std::nullopt;
    archive.read("network", current);
    archive.read("best", kept);
    archive.read("optimizer", state);
    network->load(current);
    best->load(kept);
    optimizer.load(state);
    return progress;
  } catch (const c10::Error&) {
    return std::nullopt;
  }
}

}  // namespace fulcrum::train
