#pragma once
// Which record stands at which place: a pure function of (version, seed, epoch, index), and for a
// mixture of (versions, schedule, seed, index). The place in the whole run, over all epochs, is one
// number, the global index: epoch * records + index. It is all that a resumed run needs.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/serving/permutation.h"

namespace fulcrum::data::serving {

/// A dataset version as the order sees it.
struct OrderSource {
  std::string version;        // any text that names the content
  std::uint64_t records = 0;  // > 0
};

/// From global index `from` on, the sources are drawn in proportion to `weights` (one a source, not
/// negative, not all 0) until the next entry's `from`.
struct MixturePiece {
  std::uint64_t from = 0;
  std::vector<double> weights;
};

struct Place {
  std::uint32_t source = 0;
  std::uint64_t epoch = 0;  // of that source: how often all of it was given before
  std::uint64_t record = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

/// The order of a run. Immutable; safe to share between threads. Memory: the schedule alone.
///
/// With one source and no schedule each epoch is a permutation. A mixture is cut into blocks of
/// kBlock places (the last block of a piece may be shorter). In a block each source has its exact
/// share of the places, in a shuffled order, and a source's draws, counted through the run, go
/// through its own epochs: over a run no record of a source comes twice before all of its records
/// came once.
class Order {
 public:
  static constexpr std::uint64_t kBlock = 65536;

  /// `pieces` may be empty with one source. Fails with `serving.sources` (none, or an empty one),
  /// `serving.mixture` (the first piece not from 0, not ascending, weights that are not one a
  /// source or that no block of places could hold).
  static base::Result<Order> make(std::vector<OrderSource> sources, std::uint64_t seed,
                                  std::vector<MixturePiece> pieces = {});
  /// O(log pieces + log sources).
  Place at(std::uint64_t global_index) const;
  /// Of one source alone (the first one's records otherwise): where an epoch ends.
  std::uint64_t records() const { return sources_.front().records; }
  bool is_mixture() const { return !pieces_.empty(); }

 private:
  struct Source {
    std::uint64_t records;
    OrderKey key;
  };
  struct Piece {
    std::uint64_t from, until;
    std::vector<std::uint64_t> before;  // draws of each source before this piece
    std::vector<std::uint64_t> full;    // ends of the sources' shares in a block of kBlock
    std::vector<std::uint64_t> last;    // and in the piece's last, shorter block
  };
  Place draw(std::uint32_t source, std::uint64_t number) const;

  std::vector<Source> sources_;
  std::vector<Piece> pieces_;
  OrderKey mixing_;
};

/// What a rank does where the places do not divide evenly by the world.
enum class Uneven {
  kDrop,  // the last places (fewer than the world) are given to nobody
  kWrap,  // ranks that would have none get places from the beginning of the last epoch
};

/// Rank r of w takes the global indices start + r, start + r + w, … Every rank has the same number
/// of steps, so that nobody waits for a rank that is done. A run resumed at a global index that a
/// whole number of steps of the old world reached may have any other world size.
struct Shard {
  std::uint64_t start = 0, rank = 0, world = 1;

  /// Fails with `serving.shard` unless rank < world.
  base::Status check() const;
  /// Of each rank, for the run [start, end).
  std::uint64_t steps(std::uint64_t end, Uneven uneven) const;
  /// The global index of a step < steps(end, uneven); `records` is an epoch's length.
  std::uint64_t index(std::uint64_t step, std::uint64_t end, std::uint64_t records) const;
  /// Where a run goes on after so many steps of every rank, at any world size.
  std::uint64_t resume_at(std::uint64_t steps_done) const { return start + steps_done * world; }
};

}  // namespace fulcrum::data::serving
