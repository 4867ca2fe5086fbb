#pragma once
// Tasks handed out in order, done by several threads, and taken back in order, with a bounded
// number under way.
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace fulcrum::data {

/// `make` is called by one thread at a time and gives the next task, or nothing at the end; each
/// thread's own `work` turns a task into a result; `take` gets results in the order of the tasks,
/// on the calling thread, and returns false to stop. Returns when all threads have ended.
template <class Task, class Result>
void run_ordered(unsigned threads, const std::function<std::optional<Task>()>& make,
                 const std::function<std::function<Result(Task&)>()>& make_worker,
                 const std::function<bool(Result&)>& take) {
  std::mutex making, lock;
  std::condition_variable changed;
  std::map<std::uint64_t, Result> ready;
  std::uint64_t made = 0, taken = 0;
  const std::uint64_t window = 3ULL * threads + 1;
  bool ended = false, stopped = false;
  unsigned living = threads;

  const auto loop = [&] {
    auto work = make_worker();
    for (;;) {
      std::optional<Task> task;
      std::uint64_t number = 0;
      {
        std::lock_guard one_at_a_time(making);
        {
          std::unique_lock held(lock);
          changed.wait(held, [&] { return stopped || ended || made < taken + window; });
          if (stopped || ended) break;
          number = made;
        }
        task = make();
        std::lock_guard held(lock);
        if (task)
          ++made;
        else
          ended = true;
      }
      changed.notify_all();
      if (!task) break;
      Result result = work(*task);
      std::lock_guard held(lock);
      ready.emplace(number, std::move(result));
      changed.notify_all();
    }
    std::lock_guard held(lock);
    --living;
    changed.notify_all();
  };

  std::vector<std::thread> pool;
  for (unsigned i = 0; i < threads; ++i) pool.emplace_back(loop);
  for (;;) {
    std::unique_lock held(lock);
    changed.wait(held,
                 [&] { return ready.contains(taken) || (living == 0 && !ready.contains(taken)); });
    if (!ready.contains(taken)) break;
    Result result = std::move(ready.extract(taken).mapped());
    held.unlock();
    const bool go_on = take(result);
    held.lock();
    ++taken;
    if (!go_on) stopped = true;
    held.unlock();
    changed.notify_all();
    if (!go_on) break;
  }
  for (auto& thread : pool) thread.join();
}

}  // namespace fulcrum::data
