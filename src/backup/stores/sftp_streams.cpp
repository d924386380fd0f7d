#include "backup/stores/sftp_streams.h"
#include "sys/fault.h"
#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <utility>

namespace fairlead::backup {
namespace {

using sftp::Answer;
using sftp::Ask;
using sftp::Code;
using sftp::Packet;

constexpr std::size_t window = 2u << 20; // bytes that are under way

class SftpSink : public sys::Sink {
  public:
    SftpSink(std::shared_ptr<Sftp> sftp, std::string path, std::string partial, std::string handle, Over over)
        : sftp_(std::move(sftp)), path_(std::move(path)), partial_(std::move(partial)), over_(over),
          handle_(std::move(handle)) {}

    ~SftpSink() override {
        if (done_ || sftp_->is_broken()) return;
        while (!under_way_.empty()) { // what is answered to nobody would be kept
            const auto answer = sftp_->await(under_way_.front());
            under_way_.pop_front();
            if (!answer.ok()) return;
        }
        if (!handle_.empty()) (void)sftp_->close(handle_, path_);
        (void)sftp_->remove(partial_);
    }

    Result<void> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto part = bytes.substr(0, sftp_->piece() - pending_.size());
            pending_ += part;
            bytes.remove_prefix(part.size());
            if (pending_.size() == sftp_->piece()) TRY_VOID(send_pending());
        }
        return {};
    }

    Result<void> close() override {
        if (!pending_.empty()) TRY_VOID(send_pending());
        while (!under_way_.empty()) TRY_VOID(settle_one());
        sys::fault_point("ssh.written");
        TRY_VOID(sftp_->sync(handle_, path_));
        const auto there = TRY(sftp_->inspect_open(handle_, path_));
        if (there.size != offset_)
            return could_not(fmt::format("'{}' has {} bytes on the server and was written with {}", path_,
                                         there.size.value_or(0), offset_));
        TRY_VOID(sftp_->close(std::exchange(handle_, ""), path_));
        sys::fault_point("ssh.synced");
        TRY_VOID(over_ == Over::no ? sftp_->rename(partial_, path_) : sftp_->replace(partial_, path_));
        done_ = true;
        sys::fault_point("ssh.named");
        return {};
    }

  private:
    Result<void> send_pending() {
        while (under_way_.size() * sftp_->piece() >= window) TRY_VOID(settle_one());
        const auto id = TRY(sftp_->ask(
            Ask::write, [this](Packet& packet) { packet.text(handle_).big_number(offset_).text(pending_); }));
        under_way_.push_back(id);
        offset_ += pending_.size();
        pending_.clear();
        return {};
    }

    Result<void> settle_one() {
        const auto id = under_way_.front();
        under_way_.pop_front();
        const auto answer = TRY(sftp_->await(id));
        if (answer.type == Answer::Type::status && answer.code == Code::ok) return {};
        auto error = sftp_->refused(answer, "written", path_);
        const auto free = sftp_->free_bytes(parent_of(path_));
        if (free.ok() && free.value())
            error.message += fmt::format(" ({} bytes were sent, {} are free there)", offset_, *free.value());
        return error;
    }

    const std::shared_ptr<Sftp> sftp_;
    const std::string path_, partial_;
    const Over over_;
    std::string handle_, pending_;
    std::uint64_t offset_ = 0;
    std::deque<Sftp::Id> under_way_;
    bool done_ = false;
};

class SftpSource : public sys::Source {
  public:
    SftpSource(std::shared_ptr<Sftp> sftp, std::string path, std::string handle, std::uint64_t size)
        : sftp_(std::move(sftp)), path_(std::move(path)), handle_(std::move(handle)), size_(size) {}

    ~SftpSource() override {
        for (const auto& question : under_way_)
            if (sftp_->is_broken() || !sftp_->await(question.id).ok()) return;
        if (!sftp_->is_broken()) (void)sftp_->close(handle_, path_);
    }

    Result<std::size_t> read(std::span<char> into) override {
        while (at_ == piece_.size()) {
            TRY_VOID(ask_ahead());
            if (under_way_.empty()) return std::size_t{0};
            TRY_VOID(take_one());
        }
        const auto count = std::min(into.size(), piece_.size() - at_);
        std::copy_n(piece_.data() + at_, count, into.data());
        at_ += count;
        return count;
    }

  private:
    struct Question {
        Sftp::Id id = 0;
        std::uint64_t offset = 0;
        std::uint32_t size = 0;
    };

    Result<Question> question(std::uint64_t offset, std::uint32_t size) {
        const auto id =
            TRY(sftp_->ask(Ask::read, [&](Packet& packet) { packet.text(handle_).big_number(offset).number(size); }));
        return Question{id, offset, size};
    }

    Result<void> ask_ahead() {
        while (asked_ < size_ && under_way_.size() * sftp_->piece() < window) {
            const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(sftp_->piece(), size_ - asked_));
            const auto next = TRY(question(asked_, size));
            under_way_.push_back(next);
            asked_ += size;
        }
        return {};
    }

    Result<void> take_one() {
        const auto question_asked = under_way_.front();
        under_way_.pop_front();
        auto answer = TRY(sftp_->await(question_asked.id));
        if (answer.type == Answer::Type::status && answer.code == Code::end)
            return could_not(fmt::format("'{}' ends at byte {} of {}", path_, question_asked.offset, size_));
        if (answer.type != Answer::Type::data || answer.text.empty() || answer.text.size() > question_asked.size)
            return sftp_->refused(answer, "read", path_);
        const auto had = static_cast<std::uint32_t>(answer.text.size());
        piece_ = std::move(answer.text);
        at_ = 0;
        if (had == question_asked.size) return {};
        const auto rest = TRY(question(question_asked.offset + had, question_asked.size - had));
        under_way_.push_front(rest);
        return {};
    }

    const std::shared_ptr<Sftp> sftp_;
    const std::string path_, handle_;
    const std::uint64_t size_;
    std::uint64_t asked_ = 0;
    std::deque<Question> under_way_;
    std::string piece_;
    std::size_t at_ = 0;
};

}

std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == path.npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::unique_ptr<sys::Sink> sftp_sink(std::shared_ptr<Sftp> sftp, std::string path, std::string partial,
                                     std::string handle, Over over) {
    return std::make_unique<SftpSink>(std::move(sftp), std::move(path), std::move(partial), std::move(handle), over);
}

std::unique_ptr<sys::Source> sftp_source(std::shared_ptr<Sftp> sftp, std::string path, std::string handle,
                                         std::uint64_t size) {
    return std::make_unique<SftpSource>(std::move(sftp), std::move(path), std::move(handle), size);
}

}
