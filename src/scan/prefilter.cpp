#include "scan/prefilter.h"
#include <algorithm>
#include <queue>

namespace fairlead::scan {
namespace {

constexpr std::uint16_t has_output = 0x8000;
constexpr std::uint16_t no_state = 0x7fff;
constexpr std::uint64_t worth_compiling = 16u << 20; // bytes: see docs/scan.md, "Speed"

}

Prefilter::Prefilter(std::vector<std::string> literals) : literals_(std::move(literals)) { build(); }

void Prefilter::build() {
    for (const std::string& literal : literals_)
        for (const char c : literal) {
            const auto byte = static_cast<unsigned char>(c);
            if (class_of_[byte] == 0) class_of_[byte] = static_cast<std::uint8_t>(classes_++);
            if (c >= 'a' && c <= 'z') class_of_[byte - 32u] = class_of_[byte];
        }
    const auto add_state = [&] {
        next_.resize(next_.size() + classes_, no_state);
        outputs_.emplace_back();
        return static_cast<std::uint16_t>(outputs_.size() - 1);
    };
    add_state();
    for (std::uint32_t i = 0; i < literals_.size(); ++i) {
        std::size_t state = 0;
        for (const char c : literals_[i]) {
            const std::size_t cell = state * classes_ + class_of_[static_cast<unsigned char>(c)];
            if (next_[cell] == no_state) {
                const std::uint16_t fresh = add_state();
                next_[cell] = fresh;
            }
            state = next_[cell];
        }
        outputs_[state].push_back(i);
    }
    std::vector<std::uint16_t> fallback(outputs_.size(), 0);
    std::queue<std::uint16_t> open;
    open.push(0);
    while (!open.empty()) {
        const std::uint16_t state = open.front();
        open.pop();
        const std::uint16_t back = fallback[state];
        if (state != 0) outputs_[state].insert(outputs_[state].end(), outputs_[back].begin(), outputs_[back].end());
        for (std::size_t letter = 0; letter < classes_; ++letter) {
            std::uint16_t& cell = next_[state * classes_ + letter];
            const auto detour = state == 0 ? std::uint16_t{0} : next_[back * classes_ + letter];
            if (cell == no_state) {
                cell = detour;
            } else {
                fallback[cell] = detour;
                open.push(cell);
            }
        }
    }
    for (std::uint16_t& cell : next_)
        if (!outputs_[cell].empty()) cell |= has_output;
}

void Prefilter::walk(std::string_view text, std::vector<Hit>& hits) const {
    std::size_t state = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::uint16_t cell = next_[state * classes_ + class_of_[static_cast<unsigned char>(text[i])]];
        state = cell & ~has_output;
        if ((cell & has_output) != 0)
            for (const std::uint32_t literal : outputs_[state]) hits.push_back({literal, i + 1});
    }
}

Result<void> Prefilter::scan(std::string_view text, std::vector<Hit>& hits) {
    scanned_ += text.size();
    if (scanned_ < worth_compiling) {
        walk(text, hits);
        return {};
    }
    if (!fast_) fast_ = TRY(sys::LiteralSet::compile(literals_));
    fast_->scan(text, hits);
    return {};
}

}
