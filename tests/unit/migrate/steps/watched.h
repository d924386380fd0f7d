#pragma once
#include "sys/database/sqlite.h"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead {

// Somebody at a session's shoulder: each statement is written down, and one of them goes wrong.
class Watched : public sys::Session {
  public:
    enum class Fails { no, refused, lost_before, lost_after };
    struct Notes {
        std::vector<std::string> said; // what went over the line, in order
        std::string fails_at;          // the first that holds these words
        Fails how = Fails::no;
        bool is_lost = false;
    };
    Watched(std::unique_ptr<sys::Session> real, Notes& notes) : real_(std::move(real)), notes_(notes) {}

    Result<sys::Answer> run(const std::string& sql) override {
        return watched(sql, [&] { return real_->run(sql); });
    }
    Result<sys::Answer> ask(const std::string& sql, const std::vector<sys::Field>& parameters) override {
        return watched(sql, [&] { return real_->ask(sql, parameters); });
    }
    Result<sys::Answer> copy_in(const std::string& sql, std::string_view data) override {
        return watched(sql, [&] { return real_->copy_in(sql, data); });
    }
    void interrupt() override { real_->interrupt(); }
    bool is_interrupted() const override { return real_->is_interrupted(); }
    bool is_open() const override { return !notes_.is_lost && real_->is_open(); }

  private:
    Result<sys::Answer> watched(const std::string& sql, const std::function<Result<sys::Answer>()>& real) {
        notes_.said.push_back(sql);
        if (notes_.is_lost) return could_not("the connection is lost");
        const bool fails = notes_.how != Fails::no && sql.find(notes_.fails_at) != std::string::npos;
        if (!fails) return real();
        const auto how = std::exchange(notes_.how, Fails::no);
        if (how == Fails::refused) {
            sys::Answer answer;
            answer.refusal = sys::Refusal{"XX000", "not today", "", "", 0};
            return answer;
        }
        if (how == Fails::lost_after) (void)real();
        notes_.is_lost = true;
        return could_not("the connection is lost");
    }

    std::unique_ptr<sys::Session> real_;
    Notes& notes_;
};

}
