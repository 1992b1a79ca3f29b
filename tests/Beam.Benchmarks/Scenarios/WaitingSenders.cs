using System.Globalization;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>
/// A crowd of uploads that wait for a receiver: what they hold is inside the budget, and what they cost beside it is little.
/// </summary>
internal sealed class WaitingSenders(string name, int count) : IScenario
{
    private const int ReceiversAtOnce = 32;

    public string Name => name;

    public Section Run(BenchmarkContext context)
    {
        var senders = context.Pick(count, 40);
        var budget = context.Pick(64, 2) * BenchmarkContext.MiB;

        // More than the relay, the server and the sockets take of it: every sender is held back.
        var bytesEach = context.Pick(8, 4) * BenchmarkContext.MiB;
        using var server = context.StartBeam(
            string.Create(CultureInfo.InvariantCulture, $"--Beam:MemoryBudgetBytes={budget}"),
            string.Create(CultureInfo.InvariantCulture, $"--Beam:MaxWaitingTransfersPerToken={senders}"));
        var meter = new CostMeter(server);
        string[] paths = [.. Enumerable.Range(0, senders).Select(_ => server.NextPath())];
        Task<HttpAnswer>[] waiting = [.. paths.Select((path, seed) => LoadThread.Run(() => server.Client.Send(path, bytesEach, seed)))];
        var used = Settling.Wait(server, senders);
        var growth = server.Memory.Resident - meter.Idle.Resident;

        var next = -1;
        LoadThread.WaitAll(Enumerable.Range(0, ReceiversAtOnce).Select(_ => LoadThread.Run(() =>
        {
            for (var i = Interlocked.Increment(ref next); i < senders; i = Interlocked.Increment(ref next))
            {
                RelayClient.Confirm(200, server.Client.Receive(paths[i], seed: i), bytesEach);
            }

            return true;
        })));
        var confirmed = LoadThread.WaitAll(waiting).Count(static answer => answer.Status == 200);
        var cost = meter.Stop(senders * bytesEach);

        var measures = new MeasureTable();
        measures.Add("memory budget used while they wait", Units.Bytes(used), $"at most {Units.Bytes(budget)}", used <= budget);
        measures.Add("server memory growth while they wait", Units.Bytes(growth));
        measures.Add("per waiting upload", Units.Bytes(growth / (double)senders));
        measures.Add("per waiting upload, beside the budget", Units.Bytes((growth - used) / (double)senders));
        measures.Add("received afterwards, bytes equal", Units.Count(confirmed), $"all {Units.Count(senders)}", confirmed == senders);
        measures.Add("memory growth over idle, most", Units.Bytes(cost.MemoryGrowth));
        var text = $"{Units.Count(senders)} uploads of {Units.Bytes(bytesEach)} before any receiver, "
            + $"then {ReceiversAtOnce} receivers at a time.";
        return new Section("Waiting uploads", text, measures.Table);
    }
}
