#pragma once
// Named arrays of float32 in one file, in the safetensors format: 8 bytes little-endian length,
// that many bytes of JSON ({"name":{"dtype":"F32","shape":[…],"data_offsets":[from,to]},
// "__metadata__":{text: text}}), then the raw little-endian values.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace fulcrum::train {

struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // row-major, product(shape) of them
};

struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Atomic. The same content gives the same bytes. Fails with `file.write`.
base::Status write_tensors(const std::filesystem::path& path, const TensorFile& content);
/// Fails with `file.read` and `model.damaged`.
base::Result<TensorFile> read_tensors(const std::filesystem::path& path);

}  // namespace fulcrum::train
