using System.Diagnostics;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Measuring;

/// <summary>Measures a server from its making until <see cref="Stop"/>.</summary>
internal sealed class CostMeter
{
    private readonly ServerProcess _server;
    private readonly TimeSpan _cpuBefore;
    private readonly long _startedAt;

    public CostMeter(ServerProcess server)
    {
        _server = server;
        server.ResetPeak();
        Idle = server.Memory;
        _cpuBefore = server.CpuTime;
        _startedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Gets the server's memory before.</summary>
    public ProcessMemory Idle { get; }

    public Cost Stop(long bytes)
    {
        var time = Stopwatch.GetElapsedTime(_startedAt);
        return new Cost(bytes, time, _server.CpuTime - _cpuBefore, _server.Memory.Peak - Idle.Resident);
    }
}
