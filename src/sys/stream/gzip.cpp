#include "sys/stream/gzip.h"
#include "sys/stream/behind.h"
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>
#include <zlib.h>

namespace fairlead::sys {
namespace {

constexpr std::size_t gzip_block = 512u << 10, window = 32u << 10; // bytes
constexpr unsigned most_gzip_threads = 4;

struct Block {
    std::string plain, before; // `before` is what it may refer to
    bool is_last = false;
    std::string packed;
    uLong crc = 0;
    bool done = false, failed = false;
};
using SharedBlock = std::shared_ptr<Block>;

// Raw deflate of one block that ends at a byte.
class Deflater {
  public:
    explicit Deflater(int level) {
        fine_ = ::deflateInit2(&stream_, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    }
    Deflater(const Deflater&) = delete;
    ~Deflater() { ::deflateEnd(&stream_); }

    bool pack(Block& block) {
        if (!fine_ || ::deflateReset(&stream_) != Z_OK) return false;
        if (!block.before.empty() &&
            ::deflateSetDictionary(&stream_, bytes(block.before), static_cast<uInt>(block.before.size())) != Z_OK)
            return false;
        block.packed.resize(::deflateBound(&stream_, block.plain.size()) + 64);
        stream_.next_in = bytes(block.plain);
        stream_.avail_in = static_cast<uInt>(block.plain.size());
        stream_.next_out = bytes(block.packed);
        stream_.avail_out = static_cast<uInt>(block.packed.size());
        const int result = ::deflate(&stream_, block.is_last ? Z_FINISH : Z_SYNC_FLUSH);
        if (stream_.avail_in > 0 || stream_.avail_out == 0 || result != (block.is_last ? Z_STREAM_END : Z_OK))
            return false;
        block.packed.resize(block.packed.size() - stream_.avail_out);
        block.crc = ::crc32(::crc32(0, nullptr, 0), bytes(block.plain), static_cast<uInt>(block.plain.size()));
        return true;
    }

  private:
    static Bytef* bytes(std::string& text) { return reinterpret_cast<Bytef*>(text.data()); }
    z_stream stream_{};
    bool fine_ = false;
};

class Packers {
  public:
    explicit Packers(int level) : level_(level) {
        const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1u, most_gzip_threads);
        for (unsigned i = 0; i < count; ++i) threads_.push_back(deaf_thread([this] { work(); }));
    }
    Packers(const Packers&) = delete;
    ~Packers() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
            moved_.notify_all();
        }
        for (auto& thread : threads_) thread.join();
    }
    std::size_t count() const { return threads_.size(); }
    void give(SharedBlock block) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(block));
        moved_.notify_all();
    }
    bool is_done(const Block& block) {
        const std::lock_guard lock(mutex_);
        return block.done;
    }
    void wait_for(const Block& block) {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return block.done; });
    }

  private:
    void work() {
        Deflater deflater(level_);
        std::unique_lock lock(mutex_);
        for (;;) {
            moved_.wait(lock, [&] { return over_ || !waiting_.empty(); });
            if (over_) return;
            const SharedBlock block = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            bool packed = false;
            try {
                packed = deflater.pack(*block);
            } catch (const std::bad_alloc&) { // a thread has nobody above it
            }
            lock.lock();
            block->failed = !packed;
            block->done = true;
            moved_.notify_all();
        }
    }

    const int level_;
    std::mutex mutex_;
    std::condition_variable moved_;
    std::deque<SharedBlock> waiting_;
    bool over_ = false;
    std::vector<std::thread> threads_; // last: they use the others
};

std::string little_endian(std::uint64_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
}

class GzipSink : public Sink {
  public:
    GzipSink(int level, std::unique_ptr<Sink> into) : into_(std::move(into)), packers_(level) {
        plain_.reserve(gzip_block);
    }
    Result<void> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto piece = bytes.substr(0, gzip_block - plain_.size());
            plain_ += piece;
            bytes.remove_prefix(piece.size());
            if (plain_.size() == gzip_block) TRY_VOID(pass(false));
        }
        return {};
    }
    Result<void> close() override {
        TRY_VOID(pass(true));
        while (!under_way_.empty()) TRY_VOID(pass_on());
        TRY_VOID(into_->write(little_endian(crc_) + little_endian(size_)));
        return into_->close();
    }

  private:
    Result<void> pass(bool is_last) {
        auto block = std::make_shared<Block>();
        block->before = std::move(tail_);
        tail_ = plain_.substr(plain_.size() - std::min(plain_.size(), window));
        block->plain = std::move(plain_);
        block->is_last = is_last;
        plain_ = {};
        plain_.reserve(gzip_block);
        under_way_.push_back(block);
        packers_.give(std::move(block));
        while (!under_way_.empty() &&
               (under_way_.size() > 2 * packers_.count() || packers_.is_done(*under_way_.front())))
            TRY_VOID(pass_on());
        return {};
    }

    // The oldest block, once it is packed.
    Result<void> pass_on() {
        const SharedBlock block = under_way_.front();
        packers_.wait_for(*block);
        under_way_.pop_front();
        if (block->failed) return could_not("gzip can't compress; check that there is enough memory");
        if (!begun_) TRY_VOID(into_->write(std::string_view("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10)));
        begun_ = true;
        crc_ = ::crc32_combine(crc_, block->crc, static_cast<z_off_t>(block->plain.size()));
        size_ += block->plain.size();
        return into_->write(block->packed);
    }

    std::unique_ptr<Sink> into_;
    std::string plain_, tail_;
    std::deque<SharedBlock> under_way_; // in their order
    uLong crc_ = 0;
    std::uint64_t size_ = 0;
    bool begun_ = false;
    Packers packers_; // last: its threads end before what they use
};

}

std::unique_ptr<Sink> gzipping(int level, std::unique_ptr<Sink> into) {
    return std::make_unique<GzipSink>(level, std::move(into));
}

}
