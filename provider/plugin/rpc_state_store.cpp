// State stores: this layer has none to offer, and says so in the way each call has for errors.
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

tl::unexpected<Error> no_store(std::string_view name) {
  return fail(Errc::not_found, "this provider has no state store \"" + std::string(name) + "\"");
}

template <class Request, class Response>
Result<void> refuse_store(const Scope&, const Request& in, Response&) {
  return no_store(in.type_name());
}

Result<void> read_state(const Scope&, const pb::ReadStateBytes_Request& in,
                        const Send<pb::ReadStateBytes_Response>&) {
  return no_store(in.type_name());
}

Result<void> write_state(const Scope&, const pb::WriteStateBytes_RequestChunk& in,
                         pb::WriteStateBytes_Response&) {
  return no_store(in.meta().type_name());
}

}  // namespace

void add_state_store_calls(Table& table) {
  table.unary("ValidateStateStoreConfig", "check the configuration of",
              refuse_store<pb::ValidateStateStore_Request, pb::ValidateStateStore_Response>);
  table.unary("ConfigureStateStore", "configure",
              refuse_store<pb::ConfigureStateStore_Request, pb::ConfigureStateStore_Response>);
  table.unary("LockState", "lock a state of",
              refuse_store<pb::LockState_Request, pb::LockState_Response>);
  table.unary("UnlockState", "unlock a state of",
              refuse_store<pb::UnlockState_Request, pb::UnlockState_Response>);
  table.unary("GetStates", "list the states of",
              refuse_store<pb::GetStates_Request, pb::GetStates_Response>);
  table.unary("DeleteState", "delete a state of",
              refuse_store<pb::DeleteState_Request, pb::DeleteState_Response>);
  table.streaming("ReadStateBytes", "read a state of", read_state);
  table.unary("WriteStateBytes", "write a state of", write_state).reads_all = true;
}

}  // namespace paas::plugin
