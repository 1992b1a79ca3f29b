using System.IO.Pipelines;

namespace Beam.AspNetCore.Delivery;

/// <summary>A connection's transport whose writes are counted.</summary>
internal sealed class ObservedTransport(PipeReader input, CountingPipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
