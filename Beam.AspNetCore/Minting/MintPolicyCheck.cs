using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Minting;

/// <summary>Keeps an application from starting whose options name a policy for minting that does not exist.</summary>
internal sealed class MintPolicyCheck(MintGate gate, IOptions<BeamHttpOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MintPolicy is { } policy && await gate.FindMistakeAsync(policy) is { } mistake)
        {
            throw new InvalidOperationException(mistake);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
