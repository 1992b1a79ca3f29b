using System.Diagnostics.CodeAnalysis;
using Beam.Observing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Has an application told what becomes of transfers.</summary>
public static class BeamObserverExtensions
{
    /// <summary>Adds an observer. Several may be added; each is told everything.</summary>
    /// <typeparam name="TObserver">The observer, of which there is one.</typeparam>
    /// <param name="builder">What <c>AddBeam</c> has returned.</param>
    /// <returns>The builder.</returns>
    public static BeamBuilder AddTransferObserver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>(this BeamBuilder builder)
        where TObserver : class, ITransferObserver
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransferObserver, TObserver>());
        return builder;
    }
}
