#pragma once
#include "backup/stores/sftp_packets.h"
#include "base/result.h"
#include "base/time.h"
#include "sys/process/dialogue.h"
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// An SFTP client over a program that connects to the server (`ssh -s HOST sftp`). Several requests may be under way,
// from several threads. Errors (could_not) name the path and the server's message.
namespace fairlead::backup {

class Sftp {
  public:
    static Result<std::shared_ptr<Sftp>> start(const std::vector<std::string>& argv, const std::string& name,
                                               Milliseconds patience);

    using Id = std::uint32_t;
    Result<Id> ask(sftp::Ask type, const std::function<void(sftp::Packet&)>& fill);
    Result<sftp::Answer> await(Id id);
    bool is_broken() const { return broken_; } // no more requests are possible; a new client can be started
    bool offers(const std::string& extension) const { return extensions_.contains(extension); }
    std::uint32_t piece() const { return piece_; } // bytes in one read or write

    // Each function below sends a request and waits for its answer. open(): `flags` are from sftp_packets.h. Error
    // (no): there is nothing with this name.
    Result<std::string> open(const std::string& path, std::uint32_t flags);
    Result<void> close(const std::string& handle, const std::string& path);
    Result<void> sync(const std::string& handle, const std::string& path);    // does nothing if the server can't sync
    Result<std::optional<sftp::Attributes>> inspect(const std::string& path); // nothing: absent
    Result<bool> exists(const std::string& path);                             // links are followed
    Result<sftp::Attributes> inspect_open(const std::string& handle, const std::string& path);
    Result<std::optional<std::vector<sftp::Entry>>> list(const std::string& path); // nothing: absent
    Result<void> make_folders(const std::string& path);
    Result<void> rename(const std::string& from, const std::string& to); // never overwrites
    // in one step, overwrites; could_not: the server can't
    Result<void> replace(const std::string& from, const std::string& to);
    Result<void> remove(const std::string& path);        // not an error if it is absent
    Result<bool> remove_folder(const std::string& path); // false: it is not empty, or not there
    Result<std::optional<std::uint64_t>> free_bytes(const std::string& path);

    Error refused(const sftp::Answer& answer, std::string_view verb, const std::string& path) const;

  private:
    Sftp(sys::Dialogue dialogue, std::string name) : dialogue_(std::move(dialogue)), name_(std::move(name)) {}
    Result<void> greet();
    Result<sftp::Answer> next(); // the next answer to any request
    Result<void> fill(std::size_t bytes);
    template <typename Value>
    Result<Value> note(Result<Value> result);
    Result<sftp::Answer> answer_to(sftp::Ask type, const std::function<void(sftp::Packet&)>& fill);
    Result<void> settled(const Result<sftp::Answer>& answer, std::string_view verb, const std::string& path) const;

    sys::Dialogue dialogue_;
    const std::string name_;
    std::mutex guard_;
    std::string incoming_;
    std::map<Id, sftp::Answer> ready_; // answers that nobody has picked up yet
    std::map<std::string, std::string> extensions_;
    Id next_id_ = 1;
    std::uint32_t piece_ = 32u << 10;
    bool broken_ = false;
};

}
