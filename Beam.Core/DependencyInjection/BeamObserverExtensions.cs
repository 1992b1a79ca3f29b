using System.Diagnostics.CodeAnalysis;
using Beam.Observing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Tells an application what becomes of transfers.</summary>
public static class BeamObserverExtensions
{
    /// <summary>Adds an observer. There may be several; each hears everything.</summary>
    /// <typeparam name="TObserver">The observer. There is one instance of it.</typeparam>
    /// <param name="builder">What <c>AddBeam</c> has returned.</param>
    /// <returns>The builder.</returns>
    public static BeamBuilder AddTransferObserver<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>(this BeamBuilder builder)
        where TObserver : class, ITransferObserver
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransferObserver, TObserver>());
        return builder;
    }
}
