#include "train/tensor_file.h"

#include <bit>
#include <cstring>

#include "base/files.h"
#include "base/json.h"

namespace fulcrum::train {

static_assert(std::endian::native == std::endian::little, "values are written as they lie");

namespace {

namespace json = base::json;

base::Failure damaged(const std::filesystem::path& path, const std::string& why) {
  return base::failed("model.damaged", path.string() + ": " + why, "train it again");
}

base::Result<Tensor> read_tensor(const json::value& entry, std::string_view data,
                                 const std::filesystem::path& path) {
  const auto* shape = base::find_path(entry, "shape");
  const auto* offsets = base::find_path(entry, "data_offsets");
  if (base::get_string(entry, "dtype") != "F32" || !shape || !shape->is_array() || !offsets ||
      !offsets->is_array() || offsets->get_array().size() != 2)
    return damaged(path, "an array is not described as F32 with shape and data_offsets");
  Tensor tensor;
  std::size_t count = 1;
  for (const auto& side : shape->get_array()) {
    if (!side.is_int64() || side.get_int64() < 0 || side.get_int64() > (1 << 30))
      return damaged(path, "an array's shape is not valid");
    tensor.shape.push_back(side.get_int64());
    count *= static_cast<std::size_t>(side.get_int64());
    if (count > data.size()) return damaged(path, "an array is longer than the file");
  }
  const auto& range = offsets->get_array();
  if (!range[0].is_int64() || !range[1].is_int64()) return damaged(path, "offsets are not valid");
  const auto from = static_cast<std::size_t>(range[0].get_int64());
  const auto to = static_cast<std::size_t>(range[1].get_int64());
  if (from > to || to > data.size() || to - from != count * sizeof(float))
    return damaged(path, "an array's place and shape disagree");
  tensor.values.resize(count);
  if (count > 0) std::memcpy(tensor.values.data(), data.data() + from, to - from);
  return tensor;
}

}  // namespace

base::Status write_tensors(const std::filesystem::path& path, const TensorFile& content) {
  json::object header;
  json::object metadata;
  for (const auto& [key, text] : content.metadata) metadata[key] = text;
  header["__metadata__"] = std::move(metadata);
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : content.tensors) {
    const std::uint64_t end = offset + tensor.values.size() * sizeof(float);
    json::array shape;
    for (const auto side : tensor.shape) shape.push_back(side);
    header[name] = json::object{
        {"dtype", "F32"}, {"shape", std::move(shape)}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = base::to_text(header);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // keeps the values aligned
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes.reserve(sizeof length + text.size() + offset);
  bytes += text;
  for (const auto& [name, tensor] : content.tensors)
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()),
                 tensor.values.size() * sizeof(float));
  return base::write_file(path, bytes);
}

base::Result<TensorFile> read_tensors(const std::filesystem::path& path) {
  TRY(const std::string bytes, base::read_file(path));
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) return damaged(path, "too short");
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > bytes.size() - sizeof length) return damaged(path, "its header is cut off");
  const std::string_view all = bytes;
  auto header = base::parse_json(all.substr(sizeof length, length), path.string());
  if (!header || !header->is_object()) return damaged(path, "its header is not a JSON object");
  const std::string_view data = all.substr(sizeof length + length);
  TensorFile content;
  for (const auto& [name, entry] : header->get_object()) {
    if (name == "__metadata__") {
      if (entry.is_object())
        for (const auto& [key, text] : entry.get_object())
          if (text.is_string()) content.metadata[std::string(key)] = std::string(text.get_string());
      continue;
    }
    TRY(content.tensors[std::string(name)], read_tensor(entry, data, path));
  }
  return content;
}

}  // namespace fulcrum::train
