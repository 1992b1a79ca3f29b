using System.IO.Pipelines;

namespace Beam.AspNetCore.Delivery;

/// <summary>A connection's transport whose writes are counted.</summary>
internal sealed class ObservedTransport(PipeReader input, ObservedPipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
