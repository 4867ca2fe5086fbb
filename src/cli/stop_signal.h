#pragma once
// SIGTERM and SIGINT as something to wait for.

namespace fulcrum::cli {

/// Catches the signals from construction on, for the rest of the process's life. A handler and not
/// a signal mask: children would inherit the mask, and could then not be stopped. One at a time.
class StopSignal {
 public:
  StopSignal();
  /// Blocks until a signal came, before or after the call.
  void wait() const;
  /// True once a signal came.
  bool came() const;
};

}  // namespace fulcrum::cli
