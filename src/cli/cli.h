#pragma once

namespace fulcrum::cli {

/// The whole program behind `fulcrum`; returns the exit code: 0 done, 1 failed, 2 usage,
/// 3 refused.
int run_cli(int argc, char** argv);

}  // namespace fulcrum::cli
