using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>A receiver that takes 20 MB a second: the sender is held to its pace.</summary>
internal sealed class SlowReceiver : IScenario
{
    private const long BytesPerSecond = 20_000_000;
    private const long AllowedBytes = 8 * BenchmarkContext.MiB;

    // What lies in the sockets' buffers counts as sent and comes and goes a little.
    private const double Tolerance = 0.1;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    public string Name => "slow-receiver";

    public Section Run(BenchmarkContext context)
    {
        var seconds = context.Pick(15, 2);
        var bytes = seconds * BytesPerSecond;
        using var server = context.StartBeam();
        var path = server.NextPath();
        var sent = new ByteCount();
        var taken = new ByteCount();
        var meter = new CostMeter(server);
        var sender = LoadThread.Run(() => server.Client.Send(path, bytes, seed: 1, sent));
        var receiver = LoadThread.Run(() => server.Client.Receive(path, seed: 1, taken, BytesPerSecond));

        // 1. The buffers between the two fill at the beginning and empty at the end; the pace is that of the time between.
        var (sentEarly, takenEarly, lead) = Watch(receiver, sent, taken, untilTaken: bytes / 3);
        var (sentLate, takenLate, leadLate) = Watch(receiver, sent, taken, untilTaken: bytes * 2 / 3);
        RelayClient.Confirm(sender.Result.Status, receiver.Result, bytes);
        var cost = meter.Stop(bytes);

        // 2. What comes out.
        var ratio = (sentLate - sentEarly) / (double)(takenLate - takenEarly);
        var bound = context.HeldBytes + AllowedBytes;
        var measures = new MeasureTable();
        measures.Add("receiver's pace", Units.BytesPerSecond(cost.BytesPerSecond));
        measures.Add("sender's pace to receiver's", Units.Ratio(ratio), "1.00 ± 0.10", Math.Abs(ratio - 1) <= Tolerance);
        measures.Add("sender ahead, most (sockets' buffers included)", Units.Bytes(Math.Max(lead, leadLate)));
        measures.Add("server CPU per GiB", Units.CpuSeconds(cost.CpuSecondsPerGiB));
        measures.Add(
            "memory growth over idle",
            Units.Bytes(cost.MemoryGrowth),
            $"window + kept + 8 MiB = {Units.Bytes(bound)}",
            cost.MemoryGrowth <= bound);
        return new Section("Slow receiver", $"A receiver limited to 20 MB/s for {seconds} s, a sender as fast as it may.", measures.Table);
    }

    private static (long Sent, long Taken, long Lead) Watch(Task receiver, ByteCount sent, ByteCount taken, long untilTaken)
    {
        var lead = 0L;
        while (true)
        {
            var (sentNow, takenNow) = (sent.Value, taken.Value);
            lead = Math.Max(lead, sentNow - takenNow);
            if (takenNow >= untilTaken || receiver.IsCompleted)
            {
                return (sentNow, takenNow, lead);
            }

            Thread.Sleep(LookInterval);
        }
    }
}
