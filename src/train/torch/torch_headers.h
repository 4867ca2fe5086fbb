#pragma once
// Precompiled for this folder: libtorch's headers cost half a minute a file.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <torch/torch.h>
