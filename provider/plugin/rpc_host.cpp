// What go-plugin's host asks: to stop, to end, whether we are well.
#include "provider/plugin/rpc.hpp"
#include "provider/proto/goplugin.pb.h"
#include "provider/proto/tfplugin6.pb.h"

namespace paas::plugin {

void add_host_calls(Table& table, HostCalls calls) {
  table.add({.path = "/tfplugin6.Provider/StopProvider",
             .at_once = true,
             .run = [stop_all = std::move(calls.stop_all)](Exchange& exchange) -> Result<void> {
               stop_all();
               exchange.send(tfplugin6::StopProvider_Response().SerializeAsString());
               return {};
             }});
  table.add({.path = "/plugin.GRPCController/Shutdown",
             .at_once = true,
             .run = [end = std::move(calls.end)](Exchange& exchange) -> Result<void> {
               exchange.send(::plugin::Empty().SerializeAsString());
               end();
               return {};
             }});
  // We print nothing and open no connections: both streams end at once.
  table.add({.path = "/plugin.GRPCStdio/StreamStdio",
             .streams_answers = true,
             .at_once = true,
             .run = [](Exchange&) -> Result<void> { return {}; }});
  table.add({.path = "/plugin.GRPCBroker/StartStream",
             .streams_answers = true,
             .reads_all = true,
             .at_once = true,
             .run = [](Exchange&) -> Result<void> { return {}; }});
  table.add({.path = "/grpc.health.v1.Health/Check",
             .at_once = true,
             .run = [](Exchange& exchange) -> Result<void> {
               ::plugin::HealthCheckResponse response;
               response.set_status(::plugin::HealthCheckResponse_ServingStatus_SERVING);
               exchange.send(response.SerializeAsString());
               return {};
             }});
}

std::vector<Method> all_methods(Service& service, HostCalls calls) {
  Table table(service);
  add_schema_calls(table);
  add_provider_calls(table);
  add_resource_calls(table);
  add_change_calls(table);
  add_data_calls(table);
  add_ephemeral_calls(table);
  add_list_calls(table);
  add_action_calls(table);
  add_state_store_calls(table);
  add_host_calls(table, std::move(calls));
  return std::move(table).take();
}

}  // namespace paas::plugin
