#include "exec/shim/nvml.h"

#include <dlfcn.h>

namespace fulcrum::exec {

namespace {

using Device = void*;
struct Utilization {
  unsigned gpu;
  unsigned memory;
};
struct Memory {
  unsigned long long total, free, used;
};

template <class Function>
Function* find(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

Device device_at(void* library, std::uint32_t index) {
  auto* get = find<int(unsigned, Device*)>(library, "nvmlDeviceGetHandleByIndex_v2");
  Device device = nullptr;
  return get != nullptr && get(index, &device) == 0 ? device : nullptr;
}

std::string text_of(void* library, Device device, const char* name) {
  auto* get = find<int(Device, char*, unsigned)>(library, name);
  char text[128] = "";
  return get != nullptr && get(device, text, sizeof text) == 0 ? text : "";
}

}  // namespace

std::unique_ptr<Nvml> Nvml::open() {
  void* library = ::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  auto* start = find<int()>(library, "nvmlInit_v2");
  if (start == nullptr || start() != 0) {
    ::dlclose(library);
    return nullptr;
  }
  auto nvml = std::unique_ptr<Nvml>(new Nvml);
  nvml->library_ = library;
  return nvml;
}

Nvml::~Nvml() {
  if (auto* stop = find<int()>(library_, "nvmlShutdown")) stop();
  ::dlclose(library_);
}

std::vector<GpuInfo> Nvml::devices() {
  std::vector<GpuInfo> devices;
  auto* count_of = find<int(unsigned*)>(library_, "nvmlDeviceGetCount_v2");
  auto* memory_of = find<int(Device, Memory*)>(library_, "nvmlDeviceGetMemoryInfo");
  unsigned count = 0;
  if (count_of == nullptr || count_of(&count) != 0) return devices;
  for (unsigned index = 0; index < count; ++index) {
    Device device = device_at(library_, index);
    if (device == nullptr) continue;
    GpuInfo info{index, text_of(library_, device, "nvmlDeviceGetName"),
                 text_of(library_, device, "nvmlDeviceGetUUID"), 0};
    Memory memory{};
    if (memory_of != nullptr && memory_of(device, &memory) == 0)
      info.memory_bytes = static_cast<std::int64_t>(memory.total);
    devices.push_back(std::move(info));
  }
  return devices;
}

double Nvml::busy(std::uint32_t index) {
  auto* rates_of = find<int(Device, Utilization*)>(library_, "nvmlDeviceGetUtilizationRates");
  Device device = device_at(library_, index);
  Utilization rates{};
  if (device == nullptr || rates_of == nullptr || rates_of(device, &rates) != 0) return -1;
  return rates.gpu / 100.0;
}

}  // namespace fulcrum::exec
