#include "scan/sieve.h"
#include "base/shell.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

Error at(const std::string& paths, Error error) {
    error.message = fmt::format("{} (left out by --exclude {}): {}", paths, shell_word(paths), error.message);
    return error;
}

}

Result<std::shared_ptr<const Content>> Sieve::content_of(const sys::ObjectId& id) {
    constexpr std::uint64_t most_kept = 16u << 20;
    if (const auto known = contents_.find(id); known != contents_.end()) return known->second;
    auto text = TRY(files_.read(id));
    const auto content = std::make_shared<const Content>(std::move(text));
    if (kept_ > most_kept) {
        contents_.clear();
        kept_ = 0;
    }
    kept_ += content->text.size();
    contents_.emplace(id, content);
    return content;
}

// Before the work of an hour, and all at once.
Result<void> Sieve::all_are_there(const std::map<std::string, sys::ObjectId>& missing) {
    for (const auto& [path, id] : missing) {
        const auto content = files_.read(id);
        if (content.ok()) continue; // somebody has just fetched it
        std::vector<std::string> paths;
        for (const auto& each : missing) paths.push_back(each.first);
        return at(join(paths, ","), content.error());
    }
    return {};
}

Result<void> Sieve::survey(const std::vector<std::string>& commits, const Takes& takes) {
    const Walked none{0, 0};
    std::unordered_map<std::string, std::uint32_t> numbers; // of paths
    std::map<std::string, sys::ObjectId> missing;           // by path
    walked_.assign(commits.size(), none);
    survey_.emplace(files_, detector_, reading_);
    for (std::size_t i = commits.size(); i-- > 0;) { // the newest first: packs have the older ones as what differs
        if (!takes.commit(commits[i])) continue;
        walked_[i].begin = static_cast<std::uint32_t>(entries_.size());
        for (const sys::CommitFile& file : TRY(files_.of(commits[i]))) {
            const auto [path, is_new] = numbers.try_emplace(file.path, static_cast<std::uint32_t>(paths_.size()));
            if (is_new) paths_.push_back({file.path, takes.path(file.path)});
            const auto number = files_.number_of(file.content).value_or(sys::StoredContent::none);
            entries_.push_back({path->second, number});
            if (number == sys::StoredContent::none && paths_[path->second].is_taken && !files_.has(file.content))
                missing.emplace(file.path, file.content);
            if (number != sys::StoredContent::none && paths_[path->second].is_taken) survey_->ask(number, file.path);
        }
        walked_[i].end = static_cast<std::uint32_t>(entries_.size());
    }
    TRY_VOID(all_are_there(missing));
    TRY_VOID(survey_->run());
    counted_.assign(files_.numbers(), false);
    return {};
}

Result<bool> Sieve::pass_over(std::size_t commit, const Pass& pass) {
    const auto [begin, end] = walked_[commit];
    for (std::uint32_t i = begin; i < end; ++i) {
        const auto& [path, number] = entries_[i];
        if (!paths_[path].is_taken) continue;
        if (number == sys::StoredContent::none) return false;
        const auto verdict = survey_->verdict(number, paths_[path].text);
        if (verdict != Survey::Verdict::clean && verdict != Survey::Verdict::binary) return false;
    }
    for (std::uint32_t i = begin; i < end; ++i) {
        const auto& [path, number] = entries_[i];
        const auto verdict =
            paths_[path].is_taken ? survey_->verdict(number, paths_[path].text) : Survey::Verdict::clean;
        TRY_VOID(pass(paths_[path].text, answer_of(verdict, number)));
    }
    return true;
}

Sieve::Answer Sieve::answer_of(Survey::Verdict verdict, std::uint32_t number) {
    Answer answer{verdict == Survey::Verdict::binary ? Verdict::binary : Verdict::clean, 0};
    if (number == sys::StoredContent::none) return answer;
    if (answer.verdict == Verdict::clean && !counted_[number]) answer.bytes = survey_->bytes_of(number);
    counted_[number] = true;
    return answer;
}

Result<Sieve::Answer> Sieve::look(const sys::CommitFile& file) {
    constexpr std::size_t most_known = 200'000; // about 30 MB
    const auto number = survey_ ? files_.number_of(file.content) : std::nullopt;
    const auto surveyed = number ? survey_->verdict(*number, file.path) : Survey::Verdict::unseen;
    if (surveyed == Survey::Verdict::clean || surveyed == Survey::Verdict::binary) return answer_of(surveyed, *number);
    const auto is_there = [](const sys::ObjectId& id) { return id != sys::ObjectId{}; };
    const auto parent = std::find_if(file.before.begin(), file.before.end(), is_there);
    const sys::ObjectId before = parent == file.before.end() ? sys::ObjectId{} : *parent;
    const std::string path = detector_.has_rule_for(file.path) ? file.path : "";
    const auto key = std::tuple(file.content, before, path);
    if (const auto known = known_.find(key); known != known_.end()) return Answer{known->second, 0};
    const auto read = content_of(file.content);
    if (!read.ok()) return at(file.path, read.error());
    const auto& now = read.value();
    std::shared_ptr<const Content> old;
    if (is_there(before)) {
        auto earlier = content_of(before);
        if (!earlier.ok()) return at(file.path, earlier.error());
        old = std::move(earlier.value());
    }
    const auto places = surveyed == Survey::Verdict::some ? survey_->places(*number) : std::span<const Part>();
    const Verdict verdict = TRY(judge(detector_, reading_, *now, old.get(), path, places));
    Answer answer{verdict, 0};
    if (answer.verdict == Verdict::clean) answer.bytes = now->text.size();
    if (known_.size() >= most_known) known_.clear();
    known_.emplace(key, answer.verdict);
    return answer;
}

}
