using System.Diagnostics.CodeAnalysis;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Forwarding;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Routing;

/// <summary>One path of Beam's surface with the operations on it. It does, in one place, what every request needs.</summary>
internal sealed class BeamRoute(IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern)
{
    private readonly List<string> _methods = [];
    private readonly PagePlace _place = new(pattern.Count(static letter => letter == '/') - (pattern is "/" ? 1 : 0));

    /// <summary>Maps an operation that needs no token.</summary>
    public void Map<THandler>(IServiceProvider services, EndpointPart part, params string[] methods)
        where THandler : IBeamHttpHandler
    {
        _methods.AddRange(methods);
        MapUnlisted<THandler>(services, part, methods);
    }

    /// <summary>Maps an operation on a channel.</summary>
    public void MapChannel<THandler>(IServiceProvider services, EndpointPart part, TokenRights requires, params string[] methods)
        where THandler : ITokenHandler
    {
        var handler = services.GetRequiredService<THandler>();
        var gate = services.GetRequiredService<TokenGate>();
        _methods.AddRange(methods);
        Include(services, part, methods, context => gate.PassAsync(context, requires, handler), typeof(THandler).Name);
    }

    /// <summary>Maps an operation on a transfer.</summary>
    public void MapTransfer<THandler>(IServiceProvider services, EndpointPart part, TokenRights requires, params string[] methods)
        where THandler : ITransferHandler
    {
        var handler = services.GetRequiredService<THandler>();
        var gate = services.GetRequiredService<TokenGate>();
        _methods.AddRange(methods);
        Include(services, part, methods, context => gate.PassAsync(context, requires, handler), typeof(THandler).Name);
    }

    /// <summary>Maps an operation on a transfer, and for requests that ask for it a second operation, which takes any token.</summary>
    public void MapTransfer<THandler, TAsked>(
        IServiceProvider services,
        EndpointPart part,
        TokenRights requires,
        Func<HttpRequest, bool> isAsked,
        params string[] methods)
        where THandler : ITransferHandler
        where TAsked : ITransferHandler
    {
        var handler = services.GetRequiredService<THandler>();
        var asked = services.GetRequiredService<TAsked>();
        var gate = services.GetRequiredService<TokenGate>();
        _methods.AddRange(methods);
        Include(
            services,
            part,
            methods,
            context => isAsked(context.Request)
                ? gate.PassAsync(context, TokenRights.None, asked)
                : gate.PassAsync(context, requires, handler),
            typeof(THandler).Name);
    }

    /// <summary>Maps methods that are not in <c>Allow</c>, because the handler only says what to do instead.</summary>
    public void MapUnlisted<THandler>(IServiceProvider services, EndpointPart part, params string[] methods)
        where THandler : IBeamHttpHandler
    {
        var handler = services.GetRequiredService<THandler>();
        Include(services, part, methods, handler.HandleAsync, typeof(THandler).Name);
    }

    /// <summary>Answers every other method with 405 and the methods that the path allows (RFC 9110, section 15.5.6).</summary>
    public void RefuseOtherMethods()
    {
        var allow = string.Join(", ", _methods);
        endpoints.Map(pattern, context => RefuseAsync(context, _place, allow)).WithDisplayName("Beam: other methods");
    }

    private void Include(IServiceProvider services, EndpointPart part, string[] methods, RequestDelegate handle, string displayName)
    {
        var forwarder = services.GetService<INodeForwarder>();
        var proxies = services.GetRequiredService<UnknownProxy>();
        var operation = part.Guard(handle);
        part.Include(endpoints
            .MapMethods(pattern, methods, context =>
            {
                proxies.Look(context);
                return HandleOrAbortAsync(context, _place, operation, forwarder);
            })
            .WithDisplayName(displayName));
    }

    private static Task RefuseAsync(HttpContext context, PagePlace place, string allow)
    {
        context.Features.Set(place);
        RequestLimits.Lift(context);
        if (!RequestTarget.IsPlain(context))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, RequestTarget.NotPlainReason);
        }

        context.Response.Headers.Allow = allow;
        return Refusal.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"This path allows {allow}.");
    }

    /// <summary>
    /// The last resort for an answer that has begun and that something unexpected ends. The server would close the connection in order, and
    /// over HTTP/1.0 that is how a whole answer ends.
    /// </summary>
    private static async Task HandleOrAbortAsync(HttpContext context, PagePlace place, RequestDelegate handle, INodeForwarder? forwarder)
    {
        try
        {
            await HandleAsync(context, place, handle, forwarder);
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            await ResponseAbort.AbortAsync(context, context.RequestServices.GetRequiredService<TimeProvider>());
            throw;
        }
    }

    private static Task HandleAsync(HttpContext context, PagePlace place, RequestDelegate handle, INodeForwarder? forwarder)
    {
        context.Features.Set(place);

        // Before any answer: a refusal, too, must outlive the server's default limits.
        RequestLimits.Lift(context);
        if (!RequestTarget.IsPlain(context))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, RequestTarget.NotPlainReason);
        }

        if (!DeclaredNumber.IsLengthRight(context.Request))
        {
            return Refusal.WriteAsync(context, AnswerTable.BadNumber);
        }

        if (CrossOriginGuard.Refuses(context))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status403Forbidden, "A page of another origin may not do this.");
        }

        return forwarder is not null && context.GetRouteValue("token") is string token
            ? ForwardOrHandleAsync(context, handle, forwarder, token)
            : handle(context);
    }

    private static async Task ForwardOrHandleAsync(HttpContext context, RequestDelegate handle, INodeForwarder forwarder, string token)
    {
        if (!await forwarder.TryForwardAsync(context, token))
        {
            await handle(context);
        }
    }
}
