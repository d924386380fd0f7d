#include "sys/data/unpack.h"
#include "sys/data/inflate.h"
#include <algorithm>
#include <memory>

namespace fairlead::sys {
namespace {

constexpr std::size_t piece_size = 64 * 1024; // bytes
constexpr std::string_view gzip_magic = "\x1f\x8b";

class Unpacker {
  public:
    Unpacker(ByteStream raw, std::string name) : raw_(std::move(raw)), name_(std::move(name)) {}

    Result<std::string_view> next() {
        if (!started_) {
            packed_ = TRY(raw_.next());
            started_ = true;
            is_packed_ = packed_.starts_with(gzip_magic);
            if (!is_packed_) return packed_;
        }
        return is_packed_ ? inflate() : raw_.next();
    }

  private:
    Result<std::string_view> inflate() {
        plain_.resize(piece_size);
        for (;;) {
            if (packed_.empty()) packed_ = TRY(raw_.next());
            const bool is_end = packed_.empty();
            if (is_end && member_) return no("the gzip data is cut short", {name_, 0, 0, {}});
            if (is_end) return std::string_view();
            if (!member_) {
                if (ended_any_) packed_.remove_prefix(std::min(packed_.find_first_not_of('\0'), packed_.size()));
                if (packed_.empty()) continue;
                member_ = gzip_inflater();
            }
            const auto step = member_->step(packed_, plain_.data(), plain_.size());
            if (step.bad) return no("the gzip data is damaged", {name_, 0, 0, {}});
            packed_.remove_prefix(step.taken);
            if (step.ended) member_ = nullptr;
            ended_any_ = ended_any_ || step.ended;
            if (step.made > 0) return std::string_view(plain_).substr(0, step.made);
        }
    }

    ByteStream raw_;
    std::string name_;
    bool started_ = false, is_packed_ = false;
    bool ended_any_ = false;           // a member; zeros may follow (gzip(1))
    std::string_view packed_;          // the unread rest of the stream's piece
    std::unique_ptr<Inflater> member_; // the one that is open
    std::string plain_;
};

}

ByteStream unpacked(ByteStream raw, std::string name, Encoding encoding) {
    return ByteStream::of(
        [state = std::make_shared<Unpacker>(std::move(raw), std::move(name))] { return state->next(); }, encoding);
}

}
