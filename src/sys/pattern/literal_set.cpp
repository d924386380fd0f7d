#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <hs.h>
#include <mutex>
#include <new>
#include <stdexcept>

namespace fairlead::sys {

struct LiteralSet::State {
    hs_database_t* database = nullptr;
    std::size_t overlap = 0;
    std::mutex guard;
    std::vector<hs_scratch_t*> idle; // working memory, one per scan at a time

    ~State() {
        for (hs_scratch_t* scratch : idle) hs_free_scratch(scratch);
        hs_free_database(database);
    }

    // Working memory for one scan: an idle one or a new one, idle again at the end.
    class Lease {
      public:
        explicit Lease(State& state) : state_(state) {
            const std::lock_guard lock(state_.guard);
            if (!state_.idle.empty()) {
                scratch_ = state_.idle.back();
                state_.idle.pop_back();
            } else if (hs_alloc_scratch(state_.database, &scratch_) != HS_SUCCESS) {
                throw std::bad_alloc();
            }
        }
        Lease(const Lease&) = delete;
        ~Lease() {
            const std::lock_guard lock(state_.guard);
            state_.idle.push_back(scratch_);
        }
        hs_scratch_t* get() const { return scratch_; }

      private:
        State& state_;
        hs_scratch_t* scratch_ = nullptr;
    };
};

namespace {

// vectorscan counts in unsigned, so a large text comes in pieces that overlap by one byte less than the longest
// literal.
struct Piece {
    std::size_t start = 0;
    std::size_t seen = 0; // bytes at its begin that the piece before had too
    std::vector<LiteralSet::Hit>& hits;
};

int on_match(unsigned id, unsigned long long, unsigned long long end, unsigned, void* context) {
    auto& piece = *static_cast<Piece*>(context);
    if (end > piece.seen) piece.hits.push_back({id, piece.start + end});
    return 0;
}

}

LiteralSet::LiteralSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
LiteralSet::LiteralSet(LiteralSet&&) noexcept = default;
LiteralSet& LiteralSet::operator=(LiteralSet&&) noexcept = default;
LiteralSet::~LiteralSet() = default;

Result<LiteralSet> LiteralSet::compile(std::span<const std::string> literals) {
    std::vector<const char*> expressions;
    std::vector<std::size_t> lengths;
    std::vector<unsigned> ids;
    for (const auto& literal : literals) {
        if (literal.empty()) return usage("a literal to search for is empty; it would be found everywhere");
        ids.push_back(static_cast<unsigned>(ids.size()));
        expressions.push_back(literal.data());
        lengths.push_back(literal.size());
    }
    auto state = std::make_unique<State>();
    for (const auto length : lengths) state->overlap = std::max(state->overlap, length - 1);
    if (literals.empty()) return LiteralSet(std::move(state));
    const std::vector<unsigned> flags(ids.size(), HS_FLAG_CASELESS);
    hs_compile_error_t* error = nullptr;
    const auto status =
        hs_compile_lit_multi(expressions.data(), flags.data(), ids.data(), lengths.data(),
                             static_cast<unsigned>(ids.size()), HS_MODE_BLOCK, nullptr, &state->database, &error);
    if (status != HS_SUCCESS) {
        Error result = could_not(fmt::format("the {} literals can't be compiled: {}", ids.size(),
                                             error ? error->message : "vectorscan does not run on this processor"));
        hs_free_compile_error(error);
        return result;
    }
    return LiteralSet(std::move(state));
}

void LiteralSet::scan(std::string_view text, std::vector<Hit>& hits) const {
    if (text.empty()) return; // its data may be null, which vectorscan refuses
    constexpr std::size_t piece_size = 32u << 20;
    if (!state_->database) return;
    const State::Lease scratch(*state_);
    Piece piece{0, 0, hits};
    for (;;) {
        const std::string_view part = text.substr(piece.start, piece_size);
        const auto status = hs_scan(state_->database, part.data(), static_cast<unsigned>(part.size()), 0, scratch.get(),
                                    on_match, &piece);
        if (status != HS_SUCCESS) throw std::logic_error(fmt::format("vectorscan failed with {}", status));
        if (part.size() < piece_size) return;
        piece.seen = state_->overlap;
        piece.start += piece_size - piece.seen;
    }
}

}
