using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Beam.Testing;

/// <summary>Members as C# text.</summary>
internal static class ApiMemberText
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The visible members that a type declares itself, sorted; what the compiler adds to a record is left out.</summary>
    public static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .OrderBy(field => Convert.ToDecimal(field.GetRawConstantValue(), CultureInfo.InvariantCulture))
                .Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {field.GetRawConstantValue()}"));
        }

        return ApiTypeText.IsDelegate(type)
            ? []
            : type.GetMembers(Declared).Select(Describe).OfType<string>().Order(StringComparer.Ordinal);
    }

    public static string ReturnType(MethodInfo method)
    {
        lock (Nullability)
        {
            var prefix = !method.ReturnType.IsByRef ? ""
                : method.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "ref readonly " : "ref ";
            return prefix + ApiTypeText.Name(method.ReturnType, Nullability.Create(method.ReturnParameter));
        }
    }

    public static string Parameters(MethodBase method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select(parameter =>
            (isExtension && parameter.Position == 0 ? "this " : "") + Describe(parameter)));
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when IsVisible(constructor) && !IsGenerated(constructor) =>
            $"{Access(constructor)}{constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)})",
        MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith("op_", StringComparison.Ordinal) => null,
        MethodInfo method when IsVisible(method) && !IsGenerated(method) => Describe(method),
        PropertyInfo property => Describe(property),
        FieldInfo field when IsVisible(field) => Describe(field),
        EventInfo { AddMethod: { } add } happening when IsVisible(add) =>
            $"{Access(add)}{Modifiers(add)}event {ApiTypeText.Name(happening.EventHandlerType!)} {happening.Name}",
        _ => null,
    };

    private static string Describe(MethodInfo method)
    {
        var arguments = method.GetGenericArguments();
        var generic = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(argument => argument.Name))}>";
        return $"{Access(method)}{Modifiers(method)}{ReturnType(method)} {method.Name}{generic}({Parameters(method)})"
            + ApiTypeText.Constraints(arguments);
    }

    private static string? Describe(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).ToList();
        if (accessors.Count == 0 || (property.Name == "EqualityContract" && IsGenerated(accessors[0])))
        {
            return null;
        }

        // The property is as visible as its most visible accessor; a less visible accessor says so itself.
        var access = accessors.Select(Access).Order(StringComparer.Ordinal).Last();
        var bodies = string.Concat(accessors
            .OrderBy(accessor => accessor.ReturnType == typeof(void))
            .Select(accessor => $"{(Access(accessor) == access ? "" : Access(accessor))}{AccessorName(accessor)}; "));
        var parameters = property.GetIndexParameters();
        var name = parameters.Length == 0 ? property.Name : $"this[{string.Join(", ", parameters.Select(Describe))}]";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        lock (Nullability)
        {
            var type = ApiTypeText.Name(property.PropertyType, Nullability.Create(property));
            return $"{access}{Modifiers(accessors[0])}{required}{type} {name} {{ {bodies}}}";
        }
    }

    private static string Describe(FieldInfo field)
    {
        var access = field.IsPublic ? "public " : "protected ";
        lock (Nullability)
        {
            var type = ApiTypeText.Name(field.FieldType, Nullability.Create(field));
            if (field.IsLiteral)
            {
                return $"{access}const {type} {field.Name} = {Literal(field.GetRawConstantValue(), field.FieldType)}";
            }

            return $"{access}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
        }
    }

    private static string Describe(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var prefix = parameter switch
        {
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) => "params ",
            { IsOut: true } when type.IsByRef => "out ",
            { IsIn: true } when type.IsByRef => "in ",
            _ when type.IsByRef => "ref ",
            _ => "",
        };
        lock (Nullability)
        {
            var suffix = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue, type)}" : "";
            return $"{prefix}{ApiTypeText.Name(type, Nullability.Create(parameter))} {parameter.Name}{suffix}";
        }
    }

    private static string Literal(object? value, Type type)
    {
        var enumeration = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            string text => $"\"{text}\"",
            char letter => $"'{letter}'",
            bool truth => truth ? "true" : "false",
            _ when enumeration.IsEnum => $"{ApiTypeText.Name(enumeration)}.{Enum.ToObject(enumeration, value)}",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string AccessorName(MethodInfo accessor)
    {
        if (accessor.ReturnType != typeof(void))
        {
            return "get";
        }

        return accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsGenerated(MethodBase method) => method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static string Access(MethodBase method) =>
        method.DeclaringType!.IsInterface && method.IsPublic ? "" : method.IsPublic ? "public " : "protected ";

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
        {
            return (method.IsStatic ? "static " : "") + (method is { IsStatic: true, IsAbstract: true } ? "abstract " : "")
                + (method is { IsStatic: false, IsVirtual: true, IsAbstract: false } ? "virtual " : "");
        }

        var isOverride = method.GetBaseDefinition() != method;
        return method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => isOverride ? "abstract override " : "abstract ",
            { IsVirtual: true } when isOverride => method.IsFinal ? "sealed override " : "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
    }
}
