namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What <c>AddBeam</c> returns, for packages that add to it.</summary>
public sealed class BeamBuilder
{
    internal BeamBuilder(IServiceCollection services)
    {
        Services = services;
    }

    /// <summary>Gets the services.</summary>
    public IServiceCollection Services { get; }
}
