using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>Several senders and as many receivers at once.</summary>
internal static class Pairs
{
    /// <summary>Moves <paramref name="bytesEach"/> through each of <paramref name="pairs"/> pairs and checks every byte.</summary>
    public static Cost Move(ServerProcess server, int pairs, long bytesEach)
    {
        var meter = new CostMeter(server);
        LoadThread.WaitAll(Enumerable.Range(0, pairs).Select(seed =>
        {
            var path = server.NextPath();
            return LoadThread.Run(() =>
            {
                server.Client.MovePair(path, bytesEach, seed);
                return true;
            });
        }));
        return meter.Stop(pairs * bytesEach);
    }
}
